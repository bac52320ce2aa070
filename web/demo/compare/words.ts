// The words of the comparison page, in the shop's two languages.

import type { Language } from '../i18n/index.js';

const en = {
  title: 'Side by side',
  lead: 'The same model file in two engines, on this device, in this page: storewise, and ONNX Runtime Web with one thread. Neither engine is loaded until you press the button.',
  pick: 'The model',
  models: { recommender: 'Recommendations', classifier: 'Questions' },
  modelTexts: {
    recommender: 'The shop’s own: which products follow a visit.',
    classifier: 'The shop’s own: what a customer is asking.',
  },
  own: 'A file of yours',
  ownText: 'Any ONNX file: choose it, or drop it on this panel. It stays on this device.',
  ownChoose: 'ONNX file',
  ownSize: 'Sizes that the model leaves open',
  ownNone: 'Choose an ONNX file first.',
  run: 'Compare',
  again: 'Compare again',
  stop: 'Stop',
  stopped: 'Stopped.',
  steps: {
    model: 'Fetching the model …',
    storewise: 'Starting storewise …',
    onnxruntime: 'Fetching and starting ONNX Runtime Web …',
    calls: (done: string, of: string) => `Calling both in turn: ${done} of ${of}`,
    done: 'Done.',
  },
  failed: (why: string) => `That did not work: ${why}`,
  caption: 'What each engine costs',
  measure: 'Measured',
  ratio: '×: as many times as storewise',
  rows: {
    served: 'Engine files, as this server sent them',
    gzip: 'Engine files under gzip, weighed when this page was built',
    first: 'First start: engine fetched and compiled, first model opened',
    open: 'Opening this model once the engine is there',
    median: 'One call, median',
    p95: 'One call, 95 % are faster than',
  },
  refused: (engine: string) => `${engine} does not run this model`,
  noNumber: 'not measured',
  facts: 'What was compared',
  file: 'Model file, the same for both',
  inputs: 'Inputs, the same for both',
  difference: 'Largest difference between outputs',
  largest: (value: string) => `largest output ${value}`,
  different: 'the outputs differ in kind',
  samples: 'Samples of each engine',
  callsEach: (ours: string, theirs: string) =>
    `of ${ours} calls (storewise) and of ${theirs} (ONNX Runtime Web)`,
  notes:
    'Both run on one thread, in turn, on the same inputs. A browser’s clock is coarse, so a sample is the mean of as many calls as fill a few milliseconds. “First start” is measured once for each load of this page; files from the browser’s cache make it faster.',
};

export type CompareWords = typeof en;

const zh: CompareWords = {
  title: '并排比较',
  lead: '同一个模型文件，在这台设备、这个页面里，用两个引擎运行：storewise 和单线程的 ONNX Runtime Web。按下按钮之前，两个引擎都不加载。',
  pick: '模型',
  models: { recommender: '推荐', classifier: '问答' },
  modelTexts: {
    recommender: '本店自用：一次浏览之后会看哪些商品。',
    classifier: '本店自用：顾客在问什么。',
  },
  own: '您自己的文件',
  ownText: '任何 ONNX 文件：选择它，或拖到这里。文件不会离开这台设备。',
  ownChoose: 'ONNX 文件',
  ownSize: '模型未定的尺寸取',
  ownNone: '请先选择一个 ONNX 文件。',
  run: '开始比较',
  again: '再比较一次',
  stop: '停止',
  stopped: '已停止。',
  steps: {
    model: '正在获取模型……',
    storewise: '正在启动 storewise……',
    onnxruntime: '正在获取并启动 ONNX Runtime Web……',
    calls: (done, of) => `轮流调用：${done} / ${of}`,
    done: '完成。',
  },
  failed: (why) => `没有成功：${why}`,
  caption: '每个引擎的代价',
  measure: '项目',
  ratio: '×：是 storewise 的几倍',
  rows: {
    served: '引擎文件，按本服务器发送的大小',
    gzip: '引擎文件经 gzip 压缩，构建本页时称得',
    first: '首次启动：获取并编译引擎，打开第一个模型',
    open: '引擎就绪后打开此模型',
    median: '单次调用，中位数',
    p95: '单次调用，95 % 快于',
  },
  refused: (engine) => `${engine} 不能运行这个模型`,
  noNumber: '未测',
  facts: '比较的内容',
  file: '模型文件，两边相同',
  inputs: '输入，两边相同',
  difference: '输出的最大差异',
  largest: (value) => `最大输出 ${value}`,
  different: '输出的种类不同',
  samples: '每个引擎的样本数',
  callsEach: (ours, theirs) => `每个 ${ours} 次调用（storewise），${theirs} 次（ONNX Runtime Web）`,
  notes:
    '两边都是单线程，轮流运行，输入相同。浏览器的时钟较粗，所以一个样本是填满几毫秒的多次调用的平均值。“首次启动”每次加载本页只测一次；浏览器缓存中的文件会使它更快。',
};

export function compareWords(language: Language): CompareWords {
  return language === 'zh' ? zh : en;
}
