// The events of the elements: real classes, so that `event.id` is typed and `instanceof` works. All
// bubble and cross shadow roots.

import type { Answer, Shop, Visit } from '../src/index.js';

class StorewiseEvent extends Event {
  constructor(type: string, cancelable = false) {
    super(type, { bubbles: true, composed: true, cancelable });
  }
}

/** 'storewise-select': a product was chosen. Cancel it to navigate by yourself. */
export class ProductSelectEvent extends StorewiseEvent {
  static readonly eventName = 'storewise-select';
  constructor(
    /** The product's id. */
    readonly id: string,
    /** The slot of the recommendations, or 'offers'. */
    readonly slotName: string,
  ) {
    super(ProductSelectEvent.eventName, true);
  }
}

/** 'storewise-add': "Add" was pressed. Cancel it to fill the basket by yourself. */
export class ProductAddEvent extends StorewiseEvent {
  static readonly eventName = 'storewise-add';
  constructor(
    /** The product's id. */
    readonly id: string,
    /** The slot of the recommendations. */
    readonly slotName: string,
  ) {
    super(ProductAddEvent.eventName, true);
  }
}

/** 'storewise-answer': a question was asked and answered. */
export class AnswerEvent extends StorewiseEvent {
  static readonly eventName = 'storewise-answer';
  constructor(
    readonly question: string,
    readonly answer: Answer,
  ) {
    super(AnswerEvent.eventName);
  }
}

/** 'storewise-handoff': the visitor wants a person. Cancel it to say by yourself what happens. */
export class HandoffEvent extends StorewiseEvent {
  static readonly eventName = 'storewise-handoff';
  constructor(
    /** The question that could not be answered. */
    readonly question: string,
    /** The conversation so far, oldest first. */
    readonly transcript: readonly { readonly from: 'visitor' | 'shop'; readonly text: string }[],
  ) {
    super(HandoffEvent.eventName, true);
  }
}

/** 'storewise-consent': the visitor allowed, or no longer allows, to be remembered on the device. */
export class ConsentEvent extends StorewiseEvent {
  static readonly eventName = 'storewise-consent';
  constructor(readonly consent: boolean) {
    super(ConsentEvent.eventName);
  }
}

/** 'storewise-erase': the visitor had everything forgotten. */
export class EraseEvent extends StorewiseEvent {
  static readonly eventName = 'storewise-erase';
  constructor() {
    super(EraseEvent.eventName);
  }
}

/** 'storewise-ready': <storewise-shop> has loaded its shop. */
export class ReadyEvent extends StorewiseEvent {
  static readonly eventName = 'storewise-ready';
  constructor(
    readonly shop: Shop,
    readonly visit: Visit,
  ) {
    super(ReadyEvent.eventName);
  }
}

/** 'storewise-error': loading or answering failed; the element shows its light-DOM content. */
export class FailureEvent extends StorewiseEvent {
  static readonly eventName = 'storewise-error';
  constructor(readonly error: unknown) {
    super(FailureEvent.eventName);
  }
}
