// Brands. The data know makers only by number; the names here are invented, and a number keeps its name for good.
// No name is meant to resemble a real one. The shop's own label is Greenfield.

export const ownLabel = 'Greenfield';

/** Fresh counters: weighed or baked in the shop, so the label is the counter's, not a maker's. Department -> label. */
export const counters = {
  MEAT: 'Meat counter',
  DELI: 'Deli counter',
  'CHEF SHOPPE': 'Deli counter',
  'SALAD BAR': 'Salad bar',
  SEAFOOD: 'Fish counter',
  PASTRY: 'In-store bakery',
  FLORAL: 'Flower stand',
};

/** Maker number 2 stands for "no maker": loose produce carries the counter's label as well. */
export const loose = {
  maker: 2n,
  departments: ['PRODUCE', 'TRAVEL & LEISURE'],
  label: 'Farm stand',
};

/** The makers with the most products in the catalogue, named by what they make. */
export const makers = {
  2: 'Corner & Co',
  673: 'Orchard & Row',
  1646: 'Leafwell',
  544: 'Cracklebarn',
  764: 'Brightholm',
  1251: 'Ladle & Hearth',
  317: 'Foldmere',
  1046: 'Pennywhistle',
  794: 'Morningmill',
  194: 'Sheafwood',
  1208: 'Fizzwell',
  103: 'Popkettle',
  2224: 'Bubbledown',
  1487: 'Creamery Lane',
  759: 'Spoonwell',
  1094: 'Smokehollow',
  693: 'Truffleby',
  857: 'Nibbleton',
  348: 'Chewsday',
  608: 'Lightladle',
  1225: 'Hearthlane',
  236: 'Doughbright',
  151: 'Hungerfield',
  1089: 'Brackenridge',
  499: 'Vinemarl',
  407: 'Gardenhithe',
  531: 'Ripplebrook',
  1075: 'Crumbleton',
  1266: 'Bakewright',
  1377: 'Tinpenny',
  418: 'Crumbwick',
  1230: 'Broadtable',
  436: 'Sunpressley',
  1276: 'Sprintwell',
  397: 'Featherley Farm',
  1071: 'Ovenmark',
  584: 'Oatenby',
  181: 'Sidekettle',
  827: 'Fruitwharf',
  1102: 'Wheatley Lane',
  1194: 'Grovewater',
  135: 'Spudleigh',
  1039: 'Tavola Nove',
  1282: 'Spoonlet',
  2082: 'Hillcroft Kitchen',
  5569: 'Platewell',
  239: 'Copperfern',
  754: 'Nonna Vella',
  869: 'Pantry Row',
  1002: 'Noodlehaus',
  5258: 'Whiskwell',
  2281: 'Whiskerby',
  586: 'Bree & Barlow',
  170: 'Tropicove',
  2110: 'Frostwick',
  781: 'Cattlegate',
  910: 'Loafmore',
  2143: 'Pastabella Row',
};

// The rest get a name from these parts, in order of how many of their order lines there are.
const first =
  'Alder Bram Corble Dunmor Ember Fallow Gorse Hazel Ivel Juniper Kestrel Larch Marl Nettle Oster Pell Quill Rowan Sorrel Tarn Umber Vetch Wend Yarrow'.split(
    ' ',
  );
const last = 'combe mere holt stead garth wick ley thorpe worth den ridge shaw brook cote'.split(
  ' ',
);

/** The n-th generated name; the step through the parts keeps neighbours unlike each other. */
export function generatedBrand(n) {
  const size = first.length * last.length;
  if (n >= 2 * size)
    throw new RangeError(`brands: only ${2 * size} generated names, asked for number ${n}`);
  const at = ((n % size) * 37) % size; // 37 and 336 have no common factor
  const name = first[at % first.length] + last[Math.floor(at / first.length)];
  return n < size ? name : `${name} & Sons`;
}
