// The two panels are <dialog>s: the browser keeps the focus inside, closes on Esc and gives the focus
// back to what opened them.

export function dialog(id: string): HTMLDialogElement | null {
  return document.querySelector<HTMLDialogElement>(`dialog#${id}`);
}

export function open(id: string): void {
  const panel = dialog(id);
  if (panel === null || panel.open) return;
  panel.showModal();
}

export function close(id: string): void {
  dialog(id)?.close();
}

/** A click on the backdrop is a click on the dialog itself, outside of its content. */
export function closeOnBackdrop(event: MouseEvent): void {
  if (event.target === event.currentTarget) (event.currentTarget as HTMLDialogElement).close();
}
