import { emptyAnswer, jsonAnswer, type SandboxAnswer } from '../shared/answers.ts';
import { errorAnswer, lastPart, type RestCall } from './rest.ts';
import type { ArtixState } from './state.ts';
import type { ArtixObject } from './values.ts';

/** The service `artixcs-online-card`: one card with its client, or the simplified cards of one phone. */
export class OnlineCard {
  private readonly state: ArtixState;

  constructor(state: ArtixState) {
    this.state = state;
  }

  /** Answers a call below `/v1/cards/`. */
  answer(call: RestCall): SandboxAnswer {
    if (!/^(number|list\/by\/phonenumber)\/[^/]+$/.test(call.path)) return emptyAnswer(404);
    if (call.method !== 'GET') return errorAnswer(405, 405, 'method not allowed');
    const asked = lastPart(call.path);
    if (!call.path.startsWith('number/')) return jsonAnswer(200, this.cardsOf(asked).map(simplified));
    const card = this.cards().find((one) => one.number === asked);
    if (card === undefined) return errorAnswer(404, 404, 'no such card');
    const { update_time: _, ...rest } = card;
    const client = this.state.clients.get(String(card.idclient ?? ''));
    return jsonAnswer(200, { ...rest, personaloffer: null, client: client === undefined ? null : shownClient(client) });
  }

  private cards(): ArtixObject[] {
    return this.state.cards.slice(0, Number.POSITIVE_INFINITY);
  }

  private cardsOf(phone: string): ArtixObject[] {
    const { onlinePhones } = this.state.options;
    const kept = (client: ArtixObject | undefined): string => {
      const text = String(client?.phonenumber ?? '');
      return onlinePhones === 'as-kept' ? text : text.replace(/\D/g, '').replace(/^8/, '7');
    };
    return this.cards().filter((card) => phone !== '' && kept(this.state.clients.get(String(card.idclient ?? ''))) === phone);
  }
}

const simplified = ({ number = '', idcardgroup = '' }: ArtixObject): object => ({ number, idcardgroup });

/** The client as the till shows it: not all of the dictionary. */
const shownClient = (client: ArtixObject): object => {
  const names = ['idclient', 'name', 'lastname', 'patronymic', 'phonenumber', 'email', 'birthday', 'sex'];
  return Object.fromEntries(names.flatMap((name) => (client[name] === undefined ? [] : [[name, client[name]]])));
};
