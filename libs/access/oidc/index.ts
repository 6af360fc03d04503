export { BearerAuthenticator, type BearerAuthenticatorParts } from './bearer-authenticator.ts';
export { clearLoginState, loginStateIn, setLoginState } from './login-cookie.ts';
export { LOGIN_SECONDS, LoginStates, type LoginState } from './login-state.ts';
export {
  CALLBACK_PATH,
  OidcLogin,
  type OidcLoginParts,
  type OidcOutcome,
  type OidcRefusal,
} from './oidc-login.ts';
export { OidcProvider, ProviderUnavailableError, type OidcProviderParts } from './oidc-provider.ts';
export { OidcUsers, type OidcUsersParts } from './oidc-users.ts';
export type { GroupRole, RoleRules } from './roles-of-claims.ts';
