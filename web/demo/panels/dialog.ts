// The panels are <dialog>s: the browser keeps the focus inside, closes on Esc and gives the focus
// back to what opened them. One may stand beside the page instead, which then goes on working.

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

/** Whether there is room for a panel beside the page. */
const wide = matchMedia('(min-width: 1100px)');

let opener: Element | null = null;

/** Opens a panel beside the page where there is room, else over it. */
export function openBeside(id: string): void {
  const panel = dialog(id);
  if (panel === null || panel.open) return;
  opener = document.activeElement;
  if (!wide.matches) {
    panel.showModal();
    return;
  }
  panel.show();
  document.documentElement.dataset.beside = id;
  panel.querySelector<HTMLElement>('h2')?.focus();
}

/** What must happen when such a panel has closed, by whatever way. */
export function closedBeside(): void {
  delete document.documentElement.dataset.beside;
  if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  opener = null;
}

wide.addEventListener('change', () => {
  // A panel beside a page that has become narrow would cover it without saying so.
  const id = document.documentElement.dataset.beside;
  if (id !== undefined && !wide.matches) close(id);
});

addEventListener('keydown', (event) => {
  const id = document.documentElement.dataset.beside;
  if (event.key === 'Escape' && id !== undefined && dialog(id)?.contains(document.activeElement)) {
    close(id);
  }
});
