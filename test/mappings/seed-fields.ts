/**
 * The fields that the four vendor documents name, by stream: a copy, so that coverage is tested where the documents are not at
 * hand. `documents.test.ts` compares it with them where they are.
 */

/** A document, the streams it speaks of and the fields it names for each. */
export interface SeedDocument {
  readonly file: string;
  readonly streams: Readonly<Record<string, readonly string[]>>;
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const SEED_DOCUMENTS: Readonly<Record<string, SeedDocument>> = {
  virtualpos: {
    file: 'virtualpos-customer.seed.txt',
    streams: {
      clients: words(`id fname lname mname age email phone gender custom_information birth_day birth_month birth_year
        register_date accumulated_sales send_push send_email send_sms group_id group_name created_date created_by
        last_update_date last_update_by external_id with_phone with_email page page_size cards bonuses`),
      cards: words(`card_id external_id uid card_barcode uid_ean13 barcode medium status block_date activate_date type_id type_name
        customer_id customer_external_id create_if_not_exist`),
      bonuses: words('customer_id customer_external_id bonus_id amount overwrite'),
    },
  },
  artix: {
    file: 'artix-clients.seed.txt',
    streams: {
      clients: words(`idclient name text sex birthday specialdate1 specialdate2 specialdate3 specialdate1name specialdate2name
        specialdate3name zipcode address email webpage phonenumbr phonenumber inn document okpo okpd occupation childrencount
        extendedoptions organizationcode subscriptionadj options lastname patronymic communications`),
    },
  },
  lotinfo: {
    file: 'lotinfo-clients.seed.txt',
    streams: {
      clients: words(`userId apiIdExchange fioF fioI fioO fioDesc sex birthday deeps deepon clientc family address regionId cityId
        regionName cityName userCategory clientType agency contacts comments passport objects orders`),
      passport: words('serial number sended dateSended codePod placeBirth propiska placeHome snils'),
      contacts: words('type value general comment spy'),
      comments: words('value'),
      objects: words('id name lpr doled'),
      orders: words('id name'),
    },
  },
  vodyanoy: {
    file: 'vodyanoy-clients.seed.txt',
    streams: {
      clients: words(`id naimenovanie telefon dop_sc dop_sv email dszd dataizm disp vidpom pod kodpod et dsvpln fam imja otchestvo
        chast posldst pslknt katdst klvof ochered shirota dolgota poslnakl pervnakl adrsvodnakl autor redakt eto_gruppa vidkontr
        tipcen rekkam frmras firma polnoenaimenovanie adresur adresfakt nomer_karty idu4sed datapech osnt12 pchkubut katptrb
        segmentptr statuskl pchtupdbezprosl ulica dom korpus kv etoof commvod commdisp psw`),
    },
  },
};

/**
 * Documented names that are no fields of a record's body, with the reason: parameters of a call, and second spellings that the
 * connector brings to one name.
 */
export const NOT_IN_BODIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'virtualpos/clients': {
    with_phone: 'filter of a reading',
    with_email: 'filter of a reading',
    page: 'paging of a reading',
    page_size: 'paging of a reading',
    cards: 'asks for the cards, which are a stream of their own',
    bonuses: 'asks for the savings, which are a stream of their own',
  },
  'virtualpos/cards': {
    card_id: 'the key a call is given; the body has it as id',
    card_barcode: 'searches by bar code; the body has it as barcode',
    customer_external_id: 'the owner by our reference, instead of customer_id',
    create_if_not_exist: 'says what a call does when it finds nothing',
  },
  'virtualpos/bonuses': {
    customer_external_id: 'the owner by our reference, instead of customer_id',
    overwrite: 'says whether a call sets or adds',
  },
  'vodyanoy/clients': {
    dop_sv: 'how a creation spells dop_sc',
    psw: 'a secret, and a parameter of calls: the login of the client on the own site of the firm; no reading gives it',
  },
};
