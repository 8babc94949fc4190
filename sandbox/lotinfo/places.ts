/** The regions and cities this sandbox knows: enough for its people and for the vendor's example. */
export const regions: ReadonlyMap<number, string> = new Map([
  [77, 'Москва'],
  [78, 'Санкт-Петербург'],
  [22, 'Алтайский край'],
  [54, 'Новосибирская область'],
  [61, 'Ростовская область'],
]);

/** City id → its name and region. */
export const cities: ReadonlyMap<number, { name: string; regionId: number }> = new Map([
  [1000, { name: 'Москва', regionId: 77 }],
  [1067, { name: 'Одинцово', regionId: 77 }],
  [1100, { name: 'Санкт-Петербург', regionId: 78 }],
  [1200, { name: 'Барнаул', regionId: 22 }],
  [1201, { name: 'Бийск', regionId: 22 }],
  [1300, { name: 'Новосибирск', regionId: 54 }],
  [1400, { name: 'Ростов-на-Дону', regionId: 61 }],
]);

/** Why a place could not be found: the field that says it. */
export interface PlaceError {
  field: string;
  text: string;
}

const regionByName = (name: string): number | undefined => [...regions].find(([, title]) => title === name)?.[0];

/**
 * The region and city of a row (Lotinfo API, adding clients): a city id settles its region; names are searched, a city
 * name only inside a region.
 */
export function findPlace(fields: Record<string, string>): Record<string, string> | PlaceError {
  if (fields.cityId !== undefined) {
    const city = cities.get(Number(fields.cityId));
    return city === undefined ? { field: 'cityId', text: 'Город не найден' } : named(city.regionId, { id: Number(fields.cityId), name: city.name });
  }
  const regionId = fields.regionId !== undefined ? Number(fields.regionId) : regionByName(fields.regionName ?? '');
  const asked = fields.regionId ?? fields.regionName;
  if (asked !== undefined && (regionId === undefined || !regions.has(regionId)))
    return { field: fields.regionId === undefined ? 'regionName' : 'regionId', text: 'Регион не найден' };
  if (fields.cityName === undefined) return regionId === undefined ? {} : named(regionId);
  if (regionId === undefined) return { field: 'cityName', text: 'Поиск города возможен только вместе с регионом' };
  const city = [...cities].find(([, one]) => one.regionId === regionId && one.name === fields.cityName);
  return city === undefined ? { field: 'cityName', text: 'Город не найден' } : named(regionId, { id: city[0], name: city[1].name });
}

const named = (regionId: number, city?: { id: number; name: string }): Record<string, string> => ({
  regionId: `${regionId}`,
  regionName: regions.get(regionId) ?? '',
  ...(city === undefined ? {} : { cityId: `${city.id}`, cityName: city.name }),
});
