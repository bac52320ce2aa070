// The one state of the lessons' page: which lesson is open, and whether its models are there.

import { words } from '../i18n/index.js';
import { beside, changed } from '../state/beside.js';
import type { Lesson } from './lesson.js';
import { learnWords } from './words.js';

class State {
  /** The lesson that is open; null: the table of contents. */
  lesson: Lesson | null = null;
  /** Whether what runs in the lesson is there. */
  live: 'loading' | 'ready' | 'failed' = 'loading';
  error = '';
}

export const state = new State();

export const texts = () => ({
  t: words(beside.settings.language),
  l: learnWords(beside.settings.language),
  language: beside.settings.language,
});

/** Opens a lesson and loads its models; also to try again. */
export async function open(lesson: Lesson | null): Promise<void> {
  state.lesson = lesson;
  state.live = lesson === null ? 'ready' : 'loading';
  changed();
  if (lesson === null) return;
  try {
    await lesson.start();
    if (state.lesson !== lesson) return;
    state.live = 'ready';
  } catch (error) {
    if (state.lesson !== lesson) return;
    state.live = 'failed';
    state.error = error instanceof Error ? error.message : String(error);
  }
  changed();
}
