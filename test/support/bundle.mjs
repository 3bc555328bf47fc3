import { rolldown } from 'rolldown';

/** Bundles and minifies the given file, and prints the result. */
const [input, environment = 'production'] = process.argv.slice(2);
const build = await rolldown({
  input,
  platform: 'browser',
  transform: { define: { 'process.env.NODE_ENV': JSON.stringify(environment) } },
});
const { output } = await build.generate({ format: 'es', minify: true });
process.stdout.write(output[0].code);
