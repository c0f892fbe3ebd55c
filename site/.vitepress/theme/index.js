// The default theme without its fonts, with a front page and the playground as components.
import { useData, useRoute } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import { defineComponent, h, nextTick, onBeforeUnmount, onMounted, watch } from "vue";

import page from "../../../docs/playground/index.html?raw";
import "../../../docs/playground/style.css";
import { FrontPage } from "./front-page.js";
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

/** The theme's layout. Its bar above a page, which narrow screens have, is made a landmark. */
const Layout = defineComponent(() => {
  const route = useRoute();
  const mend = () => {
    const bar = document.querySelector(".VPLocalNav");
    bar?.setAttribute("role", "navigation");
    bar?.setAttribute("aria-label", "This page");
  };
  onMounted(mend);
  watch(
    () => route.data,
    () => nextTick(mend),
    { flush: "post" },
  );
  return () => h(DefaultTheme.Layout, null, { "doc-footer-before": () => h(Source) });
});

export default {
  extends: DefaultTheme,
  Layout,
  enhanceApp({ app }) {
    app.component("Playground", Playground);
    app.component("FrontPage", FrontPage);
  },
};
