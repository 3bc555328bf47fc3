import { defineConfig } from 'vite';

/** For all examples: `npx vite examples/react --config examples/vite.config.mjs`, with the chat at http://localhost:8000. */
export default defineConfig({
  base: './',
  oxc: { jsx: { runtime: 'automatic' } },
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
});
