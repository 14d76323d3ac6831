import CopyWebpackPlugin from 'copy-webpack-plugin';
import { type Configuration } from 'webpack';
import grafanaConfig, { type Env } from './.config/webpack/webpack.config.ts';

/** create-plugin's build copies the pictures of the outer plugin only. */
const config = async (env: Env): Promise<Configuration> => {
  const base = await grafanaConfig(env);
  const pictures = new CopyWebpackPlugin({ patterns: [{ from: 'datasource/img', to: 'datasource/img' }] });
  return { ...base, plugins: [...(base.plugins ?? []), pictures] };
};

export default config;
