/* Counts how complete a need is while it is typed, by the server's own criteria (market/needs/completeness.py), which
   the page carries as data: so it counts the same with and without a network. */
(() => {
  "use strict";
  const SHOWN = 3;
  const text = (form, name) => { const field = form.elements[name]; return field && field.value ? String(field.value) : ""; };
  const bare = (said) => [...said.replace(/\s/g, "")].length;
  const holds = (rule, said) => bare(said) >= rule.least && (!rule.pattern || new RegExp(rule.pattern, "u").test(said));
  const met = (rule, form) => rule.fields.some((name) => holds(rule, text(form, name)))
    || Boolean(rule.elsewhere) && new RegExp(rule.elsewhere, "u").test(text(form, rule.rest));

  const count = (box, form, rules) => {
    const missing = rules.filter((rule) => !met(rule, form));
    const score = rules.reduce((sum, rule) => sum + rule.points, 0) - missing.reduce((sum, rule) => sum + rule.points, 0);
    box.querySelector("[data-score]").textContent = score;
    box.querySelector(".thread rect").setAttribute("width", score);
    const line = form.querySelector("[data-complete-line]"), strong = document.createElement("b");
    strong.textContent = line.dataset.completeLine.replace("{n}", score);
    line.replaceChildren(strong, missing.length ? ` · ${missing[0].says}` : "");
    box.querySelector("[data-full]").hidden = missing.length > 0;
    box.querySelector("[data-missing]").replaceChildren(...missing.slice(0, SHOWN).map((rule) => {
      const line = document.createElement("li"), field = form.elements[rule.fields[0]];
      if (!field || !field.id) { line.textContent = rule.says; return line; }
      const link = document.createElement("a");
      link.href = `#${field.id}`;
      link.textContent = rule.says;
      link.addEventListener("click", (e) => { e.preventDefault(); field.focus(); });
      line.append(link);
      return line;
    }));
  };

  document.querySelectorAll("[data-completeness]").forEach((box) => {
    const form = document.getElementById(box.dataset.form), rules = JSON.parse(box.dataset.completeness);
    const again = () => count(box, form, rules);
    form.addEventListener("input", again);
    form.addEventListener("change", again);
    again();
  });
})();
