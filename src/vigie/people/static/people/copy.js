// <button data-copy="id of a field" data-copied="Copied">: puts the field's value into the clipboard.
addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    if (!document.execCommand("copy")) return; // no clipboard without HTTPS: the field stays selected
  }
  button.lastElementChild.textContent = button.dataset.copied;
});
