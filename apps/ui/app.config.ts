import { provideZonelessChangeDetection, type ApplicationConfig } from '@angular/core';
import { provideRouter, type Routes } from '@angular/router';
import { SearchPage } from './search/search-page.ts';

const routes: Routes = [
  { path: '', component: SearchPage, title: 'Penstock' },
  {
    path: 'start',
    loadComponent: async () => (await import('./start/start-page.ts')).StartPage,
    title: 'Penstock',
  },
  { path: '**', redirectTo: '' },
];

export const appConfig: ApplicationConfig = {
  providers: [provideZonelessChangeDetection(), provideRouter(routes)],
};
