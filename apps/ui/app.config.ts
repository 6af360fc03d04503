import { inject, provideZonelessChangeDetection, type ApplicationConfig } from '@angular/core';
import { provideRouter, Router, type Routes } from '@angular/router';
import { SearchPage } from './search/search-page.ts';

const routes: Routes = [
  { path: '', component: SearchPage, title: $localize`Penstock` },
  {
    path: 'start',
    loadComponent: async () => (await import('./start/start-page.ts')).StartPage,
    title: $localize`Penstock`,
  },
  {
    path: 'account',
    loadComponent: async () => (await import('./access/account-page.ts')).AccountPage,
    title: $localize`Account · Penstock`,
  },
  {
    path: 'admin',
    loadComponent: async () => (await import('./admin/admin-page.ts')).AdminPage,
    title: $localize`Administration · Penstock`,
    children: [
      {
        path: 'users',
        loadComponent: async () => (await import('./admin/users/users-page.ts')).UsersPage,
      },
      {
        path: 'tokens',
        loadComponent: async () => (await import('./admin/tokens/tokens-page.ts')).TokensPage,
      },
      {
        path: 'audit',
        loadComponent: async () => (await import('./admin/audit/audit-page.ts')).AuditPage,
      },
      {
        path: 'quarantine',
        loadComponent: async () =>
          (await import('./admin/quarantine/quarantine-page.ts')).QuarantinePage,
      },
      { path: '**', redirectTo: 'users' },
    ],
  },
  {
    path: 'storage',
    loadComponent: async () => (await import('./stored-days/stored-page.ts')).StoredPage,
    title: $localize`Storage · Penstock`,
  },
  // Where a login by OpenID Connect ends that failed: the way to sign in is over whatever page there is.
  { path: 'login', redirectTo: () => inject(Router).createUrlTree(['/']) },
  { path: '**', redirectTo: '' },
];

export const appConfig: ApplicationConfig = {
  providers: [provideZonelessChangeDetection(), provideRouter(routes)],
};
