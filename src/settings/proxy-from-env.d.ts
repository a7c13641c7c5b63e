/** The package comes without types. It reads the process's environment itself. */
declare module 'proxy-from-env' {
  export function getProxyForUrl(url: string): string
}
