// The lessons in their order: a new one is a module in lessons/, its sample, and a line here.

import type { Lesson } from './lesson.js';
import { forestLesson } from './lessons/forest.js';
import { lstm } from './lessons/lstm.js';
import { questions } from './lessons/questions.js';
import { recommendation } from './lessons/recommendation.js';
import { regression } from './lessons/regression.js';
import { svm } from './lessons/svm.js';
import { tree } from './lessons/tree.js';

export const lessons: readonly Lesson[] = [
  tree,
  forestLesson,
  svm,
  regression,
  recommendation,
  questions,
  lstm,
];
