/** What the CLI takes from its environment. */
export interface CliEnv {
  url: string | undefined;
  apiKey: string | undefined;
  adminUrl: string | undefined;
  adminApiKey: string | undefined;
  profile: string | undefined;
  /** Folder of the configuration file. */
  configFolder: string | undefined;
  home: string | undefined;
  databaseUrl: string | undefined;
  noColor: boolean;
  forceColor: boolean;
  /** What programs that are started inherit. */
  inherited: NodeJS.ProcessEnv;
  /** A provider's secret, by the name the ingress apps know it by. */
  secret(name: string): string | undefined;
}

/** Reads the environment, once. */
export function readCliEnv(): CliEnv {
  const env = process.env;
  const text = (name: string) => env[name] || undefined;
  const xdg = text("XDG_CONFIG_HOME");
  return {
    url: text("CAREWIRE_URL"),
    apiKey: text("CAREWIRE_API_KEY"),
    adminUrl: text("CAREWIRE_ADMIN_URL"),
    adminApiKey: text("CAREWIRE_ADMIN_API_KEY"),
    profile: text("CAREWIRE_PROFILE"),
    configFolder: text("CAREWIRE_CONFIG_DIR") ?? (xdg === undefined ? undefined : `${xdg}/carewire`),
    home: text("HOME") ?? text("USERPROFILE"),
    databaseUrl: text("DATABASE_URL"),
    noColor: text("NO_COLOR") !== undefined,
    forceColor: text("FORCE_COLOR") !== undefined,
    inherited: env,
    secret: text,
  };
}
