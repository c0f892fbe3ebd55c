// The default theme without its fonts, with the playground as a component and the install command on the front page.
import { useData } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import { defineComponent, h, onBeforeUnmount, onMounted } from "vue";

import page from "../../../docs/playground/index.html?raw";
import "../../../docs/playground/style.css";
import "./style.css";

const [, markup] = /<main class="playground">([^]*)<\/main>/.exec(page);

/** The playground's own markup; its scripts are loaded when it is shown, and end with it. */
const Playground = defineComponent(() => {
  let isShown = true;
  let end;
  onMounted(async () => {
    const { start } = await import("../../../docs/playground/start.js");
    if (isShown) end = start();
  });
  onBeforeUnmount(() => {
    isShown = false;
    end?.();
  });
  return () => h("div", { class: "playground", innerHTML: markup });
});

/** Where the page's text is kept, if package.json names the repository. */
const Source = defineComponent(() => {
  const { frontmatter, theme } = useData();
  return () => {
    const { source } = frontmatter.value;
    const { repository } = theme.value;
    if (!source || !repository?.startsWith("https://github.com/")) return undefined;
    return h("p", { class: "source" }, h("a", { href: `${repository}/blob/HEAD/${source}` }, `Source: ${source}`));
  };
});

const Install = () => h("p", { class: "install" }, h("code", "npm install halfminute"));

export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { "doc-footer-before": () => h(Source), "home-hero-info-after": Install }),
  enhanceApp({ app }) {
    app.component("Playground", Playground);
  },
};
