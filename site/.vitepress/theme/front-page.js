// The front page: what this is, how to install it and where to begin, on one screen; then the
// README.
import { Content, useData, withBase } from "vitepress";
import { defineComponent, h } from "vue";

export const FrontPage = defineComponent(() => {
  const { frontmatter } = useData();
  return () => {
    const { name, tagline, doors } = frontmatter.value.front;
    return h("main", { class: "front" }, [
      h("div", { class: "banner" }, [
        h("h1", name),
        h("p", { class: "tagline" }, tagline),
        h("p", { class: "install" }, h("code", `npm install ${name}`)),
        h(
          "p",
          { class: "doors" },
          doors.map(({ text, link }) => h("a", { class: "door", href: withBase(link) }, text)),
        ),
      ]),
      h("div", { class: "vp-doc" }, h(Content)),
    ]);
  };
});
