/** A customer by its wire names; every value is text, empty when absent. */
export interface VposCustomer {
  id: string;
  external_id: string;
  fname: string;
  lname: string;
  mname: string;
  email: string;
  phone: string;
  gender: string;
  custom_information: string;
  birth_day: string;
  birth_month: string;
  birth_year: string;
  register_date: string;
  accumulated_sales: string;
  send_push: string;
  send_email: string;
  send_sms: string;
  group_id: string;
  created_date: string;
  created_by: string;
  last_update_date: string;
  last_update_by: string;
}

/** A card by its wire names; `customer_id` is empty for a card without an owner. */
export interface VposCard {
  id: string;
  external_id: string;
  uid: string;
  uid_ean13: string;
  barcode: string;
  medium: string;
  status: string;
  block_date: string;
  activate_date: string;
  type_id: string;
  customer_id: string;
}

/** Who makes a change: the API's user or a till operator. */
export type Actor = 'api' | 'till';
