// CodeMirror over one textarea. The textarea stays the source of truth: every change is written back to it and told
// by an "input" event, so that drafts, the related panel and the form itself need not know that this is here.
import {autocompletion, completionKeymap} from "@codemirror/autocomplete";
import {defaultKeymap, history, historyKeymap} from "@codemirror/commands";
import {markdown, markdownKeymap, markdownLanguage} from "@codemirror/lang-markdown";
import {syntaxHighlighting} from "@codemirror/language";
import {highlightSelectionMatches, searchKeymap} from "@codemirror/search";
import {EditorState, Prec} from "@codemirror/state";
import {EditorView, keymap, placeholder} from "@codemirror/view";
import {classHighlighter} from "@lezer/highlight";

// What opens a completion, what of it is the mark, and what the server is asked for.
const OPENERS = [
  [/\[\[([^[\]|\n]{1,80})$/, 2, "entry"],
  [/(?<![\w/.@])@([\p{L}][\p{L}\p{N}._ -]{0,40})$/u, 1, "person"],
  [/(?<![\w/&#[(])#([\p{L}\p{N}][\p{L}\p{N}_ -]{0,40})$/u, 1, "tag"],
];

// Titles after `[[`, people after `@`, tags after `#`. `suggest(text, of)` gives [{title, label, citation}]; what is
// chosen replaces the mark, too.
function completion(suggest) {
  return async (context) => {
    const [open, mark, of] = OPENERS.map(([pattern, ...rest]) => [context.matchBefore(pattern), ...rest]).find(([found]) => found) ?? [];
    if (!open) return null;
    const items = await suggest(open.text.slice(mark), of);
    if (context.aborted || !items.length) return null;
    return {
      from: open.from,
      filter: false,
      options: items.map((item) => ({label: item.title, detail: item.label, apply: (view, _, from, to) => link(view, item.citation, from, to)})),
    };
  };
}

function link(view, citation, from, to) {
  const end = view.state.sliceDoc(to, to + 2) === "]]" ? to + 2 : to;
  view.dispatch({changes: {from, to: end, insert: citation}, selection: {anchor: from + citation.length}, userEvent: "input.complete"});
}

function attributesOf(textarea) {
  const label = document.getElementById(`${textarea.id}-label`);
  const attributes = {spellcheck: "true", autocapitalize: "sentences", autocorrect: "on", "aria-multiline": "true"};
  if (label) attributes["aria-labelledby"] = label.id;
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (textarea.hasAttribute(name)) attributes[name] = textarea.getAttribute(name);
  }
  return attributes;
}

// Take over a textarea. Options: nonce (for the style element), suggest, publish, phrases (what CodeMirror says). Gives the same surface as
// wiki/static/js/editor/surfaces.js makes of a plain textarea.
export function mount(textarea, {nonce, suggest, publish, phrases}) {
  const free = textarea.classList.contains("writing-free");
  let told = false;
  const tell = EditorView.updateListener.of((update) => {
    if (!update.docChanged) return;
    told = true;
    textarea.value = update.state.doc.toString();
    textarea.dispatchEvent(new Event("input", {bubbles: true}));
    told = false;
  });
  const view = new EditorView({
    state: EditorState.create({
      doc: textarea.value,
      extensions: [
        EditorView.cspNonce.of(nonce),
        EditorState.phrases.of(phrases),
        Prec.highest(keymap.of([{key: "Mod-Enter", run: () => (publish(), true)}])),
        history(),
        markdown({base: markdownLanguage, completeHTMLTags: false}),
        syntaxHighlighting(classHighlighter),
        highlightSelectionMatches(),
        autocompletion({override: [completion(suggest)], icons: false}),
        keymap.of([...markdownKeymap, ...completionKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.lineWrapping,
        EditorView.editorAttributes.of({class: free ? "writing-rich writing-free" : "writing-rich"}),
        EditorView.contentAttributes.of(attributesOf(textarea)),
        placeholder(textarea.placeholder),
        tell,
      ],
    }),
  });
  textarea.after(view.dom);
  textarea.hidden = true;
  const label = document.getElementById(`${textarea.id}-label`);
  label?.addEventListener("click", () => view.focus());
  textarea.addEventListener("input", () => {
    if (!told && textarea.value !== view.state.doc.toString()) replaceAll(view, textarea.value);
  });
  return {
    textarea,
    element: view.dom,
    text: () => textarea.value,
    caret: () => view.state.selection.main.head,
    focus: () => view.focus(),
    select: (position) => view.dispatch({selection: {anchor: Math.min(position, view.state.doc.length)}}),
    insert(text) {
      const {from, to} = view.state.selection.main;
      view.dispatch({changes: {from, to, insert: text}, selection: {anchor: from + text.length}, scrollIntoView: true, userEvent: "input.paste"});
      view.focus();
    },
    replace(old, text) {
      const from = view.state.doc.toString().indexOf(old);
      if (from >= 0) view.dispatch({changes: {from, to: from + old.length, insert: text}, userEvent: "input.paste"});
    },
    setText: (text) => replaceAll(view, text),
    destroy() {
      view.destroy();
      textarea.hidden = false;
    },
  };
}

function replaceAll(view, text) {
  view.dispatch({changes: {from: 0, to: view.state.doc.length, insert: text}});
}
