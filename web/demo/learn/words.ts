// The words that all lessons share, in the shop's two languages.

import type { Language } from '../i18n/index.js';

const en = {
  title: 'How it works',
  lead: 'The models behind this shop, one short lesson each. Every lesson has a picture, a small table, the command that learns from it, and the model itself to play with. Nothing is sent anywhere: the models run on this page.',
  contents: 'All lessons',
  lesson: (number: number, of: number) => `Lesson ${number} of ${of}`,
  idea: 'The idea',
  data: 'The data',
  rows: (shown: number, all: string) => `The first ${shown} of ${all} rows.`,
  table: (file: string) => `The first rows of ${file}`,
  download: (file: string) => `Download ${file}`,
  command: 'The command',
  prints: 'It prints, among other lines:',
  copy: 'Copy',
  copied: 'Copied',
  copyLabel: (line: string) => `Copy the command: ${line}`,
  live: 'Try it',
  loading: 'Loading the model …',
  failed: (why: string) => `The model did not load: ${why}`,
  again: 'Try again',
  program: 'In your page',
  logs: 'It logs:',
  when: 'When to use it',
  good: 'Good for',
  poor: 'Not for',
  real: 'The same on 12,330 real visits: Models to try',
  realShop: 'The same at work: the shop',
  previous: 'Previous',
  next: 'Next',
  between: 'Other lessons',
  yes: 'Yes',
  no: 'No',
};

export type LearnWords = typeof en;

const zh: LearnWords = {
  title: '工作原理',
  lead: '这家商店背后的模型，每课讲一种。每课有一张图、一个小表格、从中学习的命令，以及可以亲手试的模型。什么都不会发送出去：模型就在本页运行。',
  contents: '全部课程',
  lesson: (number, of) => `第 ${number} 课，共 ${of} 课`,
  idea: '思路',
  data: '数据',
  rows: (shown, all) => `共 ${all} 行，这里是前 ${shown} 行。`,
  table: (file) => `${file} 的前几行`,
  download: (file) => `下载 ${file}`,
  command: '命令',
  prints: '它会输出（节选）：',
  copy: '复制',
  copied: '已复制',
  copyLabel: (line) => `复制命令：${line}`,
  live: '试一试',
  loading: '正在加载模型……',
  failed: (why) => `模型没有加载成功：${why}`,
  again: '重试',
  program: '用在您的网页里',
  logs: '它会输出：',
  when: '何时使用',
  good: '适合',
  poor: '不适合',
  real: '在 12,330 次真实访问上：试试这些模型',
  realShop: '实际运用：商店',
  previous: '上一课',
  next: '下一课',
  between: '其他课程',
  yes: '是',
  no: '否',
};

export function learnWords(language: Language): LearnWords {
  return language === 'zh' ? zh : en;
}
