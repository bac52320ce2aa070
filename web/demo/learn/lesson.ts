// What a lesson is: one module that has these, and one line in lessons.ts.

import type { SVGTemplateResult, TemplateResult } from 'lit';
import type { Language } from '../i18n/index.js';
import type { Sample } from './samples.js';

/** What every lesson says, in one language. */
export interface LessonWords {
  /** The family, as the table of contents has it. */
  readonly name: string;
  /** One sentence: the idea. */
  readonly title: string;
  readonly lead: string;
  /** What the picture shows, for those who see it and those who hear it. */
  readonly picture: string;
  readonly idea: readonly string[];
  readonly data: string;
  readonly command: string;
  readonly live: string;
  readonly program: string;
  readonly good: readonly string[];
  readonly poor: readonly string[];
}

export interface Lesson {
  /** As the address has it after the #, and `samples`. */
  readonly id: string;
  readonly sample: Sample;
  words(language: Language): LessonWords;
  /** The idea, drawn in a box of 320 x 180. */
  picture(language: Language): SVGTemplateResult;
  /** Loads what the live part needs; once, however often it is called. Rejects when it can't. */
  start(): Promise<void>;
  /** The live part, once `start` is done. */
  live(): TemplateResult;
  /** The live part's answer in words, read out when it changes. */
  said(): string;
  /** A page of the demo with a real model of the family, if there is one. */
  readonly real?: string;
}
