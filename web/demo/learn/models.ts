// The models of the lessons: loaded when a lesson first needs them, asked so that a slider that runs on
// is answered by its last value, and their words in the visitor's language.

import { loadModel, loadShop, type Model, type Shop } from 'storewise';
import type { Language } from '../i18n/index.js';
import { beside, changed } from '../state/beside.js';

const opened = new Map<string, Promise<Model>>();

/** The model of `file`, beside the page; a failure may be tried again. */
export function modelOf(file: string): Promise<Model> {
  const model = opened.get(file) ?? loadModel(new URL(file, document.baseURI));
  opened.set(file, model);
  model.catch(() => opened.delete(file));
  return model;
}

let loadingShop: Promise<Shop> | null = null;

/** The demo shop; a failure may be tried again. */
export function shopOf(): Promise<Shop> {
  loadingShop ??= loadShop(new URL('./shop/shop.json', document.baseURI)).catch(
    (error: unknown) => {
      loadingShop = null;
      throw error;
    },
  );
  return loadingShop;
}

/** A function that runs `ask` until it has seen the newest state, and draws; calls meanwhile count. */
export function asking(ask: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let again = false;
  const run = async () => {
    do {
      again = false;
      await ask();
      changed();
      // The page draws and takes the next movement of a slider.
      await new Promise((resolve) => setTimeout(resolve));
    } while (again);
  };
  return () => {
    again = true;
    running ??= run().finally(() => {
      running = null;
    });
    return running;
  };
}

/** A function that runs `load` when the language is another than the last time, and draws. */
export function inWords(load: (language: Language) => Promise<void>): () => Promise<void> {
  let loaded: Language | null = null;
  return async () => {
    const { language } = beside.settings;
    if (loaded === language) return;
    loaded = language;
    try {
      await load(language);
    } catch (error) {
      loaded = null; // it may be tried again
      throw error;
    }
    changed();
  };
}
