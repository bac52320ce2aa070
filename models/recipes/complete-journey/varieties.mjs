// Variety words. The data name a product's type, size and maker, never its flavour; a shelf of twenty "Yogurt 6 oz"
// is no shelf. So flavours, cuts and colours below are invented, plausible for the type, and handed out
// deterministically: within one type and brand, best seller first, in the order written here.
//   rotate    each brand starts at its own place in the list (or among its first n words), so that not every brand's
//             first yogurt is strawberry
//   perSize   every package size starts the list anew: milk comes as 2%, whole, 1% and fat-free in each size
//   byPrice   the list runs from cheap to dear and products are matched to it by price (cuts of meat)
//   styles    a second word for when the list runs out ("Strawberry yogurt, light")

const pairs = (text) =>
  text.split(';').map((pair) => {
    const [en, zh] = pair.trim().split('=');
    return [en, zh];
  });
const list = (text, options = {}) => ({
  words: pairs(text),
  styles: pairs(
    options.styles ??
      '=; classic=经典款; homestyle=家常款; select=精选款; extra=加量款; everyday=家常实惠款; deluxe=豪华款; traditional=传统款',
  ),
  rotate: options.rotate ?? false,
  byPrice: options.byPrice ?? false,
  perSize: options.perSize ?? false,
});
const rotate = { rotate: true };
const byPrice = { byPrice: true };
const perSize = { perSize: true };

const dishes =
  'Salisbury steak=索尔兹伯里牛排; turkey & gravy=肉汁火鸡; meat loaf=烤肉糕; chicken nuggets=鸡块; fried chicken=炸鸡; macaroni & cheese=奶酪通心粉; lasagna with meat sauce=肉酱千层面; spaghetti & meatballs=肉丸意面; fettuccine Alfredo=奶油宽面; chicken parmesan=帕玛森鸡排; beef pot roast=炖牛肉; Swedish meatballs=瑞典肉丸; chicken teriyaki=照烧鸡; sweet & sour chicken=糖醋鸡; beef stroganoff=俄式奶油牛肉; cheese ravioli=奶酪意式饺; stuffed peppers=酿甜椒; roast chicken & herbs=香草烤鸡; glazed chicken=蜜汁鸡; turkey breast with stuffing=火鸡胸配填馅; beef & broccoli=西兰花牛肉; chicken pot pie=鸡肉派; fish & chips=炸鱼薯条; shrimp scampi=蒜香虾; chicken enchiladas=鸡肉墨西哥卷; cheese manicotti=奶酪通心卷; vegetable lasagna=蔬菜千层面; sesame chicken=芝麻鸡; chicken fried rice=鸡肉炒饭; pepper steak=黑椒牛柳; boneless pork rib=无骨猪排; country fried steak=乡村炸牛排; tuna noodle casserole=金枪鱼焗面; lemon chicken=柠檬鸡; three-cheese ziti=三重奶酪通心粉; chicken & noodles=鸡肉面; grilled chicken penne=烤鸡斜管面; creamy spinach chicken=奶油菠菜鸡';
const soda =
  'cola=可乐; diet cola=零糖可乐; lemon-lime soda=柠檬汽水; orange soda=橙味汽水; root beer=沙士汽水; ginger ale=姜汁汽水; grape soda=葡萄汽水; cherry cola=樱桃可乐; citrus soda=柑橘汽水; diet lemon-lime soda=零糖柠檬汽水; caffeine-free cola=无咖啡因可乐; cream soda=奶油汽水; strawberry soda=草莓汽水; diet root beer=零糖沙士汽水; vanilla cola=香草可乐; pineapple soda=菠萝汽水; grapefruit soda=西柚汽水; diet citrus soda=零糖柑橘汽水; fruit punch soda=果味潘趣汽水; diet ginger ale=零糖姜汁汽水; raspberry soda=树莓汽水; peach soda=蜜桃汽水; caffeine-free diet cola=无咖啡因零糖可乐; black cherry soda=黑樱桃汽水';
const pizzaTops =
  'pepperoni=意式辣香肠; four cheese=四重奶酪; sausage=香肠; supreme=至尊; sausage & pepperoni=香肠辣肠; three meat=三重肉; hamburger=牛肉; Canadian bacon=加拿大培根; combination=组合; vegetable=蔬菜; Mexican-style=墨西哥风味; bacon=培根';
const gumFlavours =
  'spearmint=留兰香; peppermint=薄荷; cinnamon=肉桂; wintergreen=冬青; cool mint=清凉薄荷; bubble=泡泡; fruit=水果; sweet mint=甜薄荷; berry=莓果; tropical=热带水果; watermelon=西瓜; icy mint=冰薄荷; citrus=柑橘; lemon=柠檬; strawberry=草莓; sugar-free mint=无糖薄荷; green apple=青苹果; polar mint=极地薄荷; sugar-free spearmint=无糖留兰香';

/** Words for products that would otherwise share name, size and brand. */
export const spare = {
  plain: list(
    '=; classic=经典款; homestyle=家常款; select=精选款; large=大份; premium=优质款; everyday=实惠款; extra=加量款; traditional=传统款; family=家庭款',
  ),
  // fresh goods have no recipes: a second one is bigger. By price, cheap to dear.
  fresh: [
    [''],
    ['', 'large'],
    ['small', '', 'large'],
    ['small', '', 'large', 'extra-large'],
    ['small', 'medium', '', 'large', 'extra-large'],
    ['mini', 'small', 'medium', '', 'large', 'extra-large'],
  ],
  freshZh: {
    '': '',
    mini: '迷你',
    small: '小号',
    medium: '中号',
    large: '大号',
    'extra-large': '特大号',
  },
};

export const varieties = {
  // produce
  apples: list('Empire=帝国; Jonagold=乔纳金; McIntosh=麦金托什; Cameo=卡梅奥; Rome=罗马'),
  redgrapes: list(
    'red seedless=无籽红葡萄; large red=大粒红葡萄; red globe=红提; crisp red=脆红葡萄',
  ),
  greengrapes: list('green seedless=无籽青葡萄; large green=大粒青葡萄; crisp green=脆青葡萄'),
  grapefruit: list('red=红心; pink=粉红; white=白心; ruby=宝石红'),
  plums: list('black=黑; red=红; sweet=蜜'),
  bananas: list('bananas=香蕉; dried banana chips=香蕉干'),
  cutfruit: list(
    'sliced apples=切片苹果; melon chunks=切块蜜瓜; pineapple chunks=切块菠萝; watermelon chunks=切块西瓜; fruit cup=水果杯; mixed fruit bowl=什锦水果碗; strawberries & pineapple=草莓菠萝拼盒; tropical fruit bowl=热带水果碗; large fruit bowl=大份水果碗; fruit party tray=水果派对拼盘',
    byPrice,
  ),
  melonhalves: list(
    'cantaloupe quarter=四分之一哈密瓜; watermelon quarter=四分之一西瓜; cantaloupe half=半个哈密瓜; honeydew half=半个蜜瓜; watermelon half=半个西瓜',
    byPrice,
  ),
  cutveg: list(
    'cut stir-fry vegetables=切好的炒菜蔬菜; diced onions=洋葱丁; vegetable medley=什锦蔬菜; sliced peppers=甜椒条; celery sticks=芹菜条; fajita vegetables=法士达蔬菜; soup vegetables=煲汤蔬菜',
  ),
  parsley: list('curly=卷叶; flat-leaf=平叶'),
  portabella: list(
    'sliced portabella=波特菇片; portabella=波特菇; baby bella=小褐菇; portabella cap=大波特菇',
  ),
  herbs: list('basil=罗勒; rosemary=迷迭香; thyme=百里香; mint=薄荷'),
  organicsalad: list(
    'spring mix=春季沙拉菜; baby spinach=嫩菠菜; baby romaine=嫩罗马生菜; arugula=芝麻菜',
  ),
  organicveg: list('zucchini=西葫芦; celery=芹菜; broccoli=西兰花; kale=羽衣甘蓝'),
  otherpeppers: list(
    'yellow bell pepper=黄甜椒; orange bell pepper=橙甜椒; poblano pepper=波布拉诺椒',
  ),
  popcorn: list(
    'butter=黄油味; extra butter=浓黄油味; light butter=清淡黄油味; kettle corn=甜咸味',
  ),
  potatoes: list('baking=烤用; fingerling=手指; mixed baby=什锦迷你'),
  fruitdip: list('caramel=焦糖味; cream cheese=奶油奶酪味; chocolate=巧克力味'),
  saladblends: list(
    'Italian blend=意式沙拉菜; baby spinach & spring mix=嫩菠菜春季沙拉菜; European blend=欧式沙拉菜; spring mix=春季沙拉菜; romaine & radicchio=罗马生菜红菊苣; baby greens=嫩叶沙拉菜; field greens=田园沙拉菜; butter lettuce blend=奶油生菜沙拉菜; American blend=美式沙拉菜; hearts of romaine blend=罗马菜心沙拉菜',
  ),
  saladplus: list(
    'garden salad with carrots=胡萝卜田园沙拉菜; romaine garden salad=罗马田园沙拉菜; double-carrot salad=双份胡萝卜沙拉菜; crisp & crunchy salad=爽脆沙拉菜; shredded garden salad=切丝田园沙拉菜',
  ),
  saladkits: list('Caesar=凯撒; Asian-style=亚洲风味; bacon & ranch=培根牧场'),
  saladgarden: list(
    'classic iceberg salad=经典球生菜沙拉菜; shredded lettuce=生菜丝; chopped romaine=罗马生菜碎; iceberg garden mix=球生菜田园沙拉菜; family-size iceberg salad=家庭装球生菜沙拉菜; crisp lettuce mix=爽脆生菜沙拉菜',
  ),
  spinach: list(
    'baby spinach=嫩菠菜; leaf spinach=菠菜叶; spinach salad=菠菜沙拉菜; flat-leaf spinach=平叶菠菜',
  ),
  hardsquash: list('butternut=奶油南瓜; acorn=橡子南瓜; spaghetti=金丝南瓜'),
  celery: list('celery=芹菜; celery hearts=芹菜心; celery sticks=芹菜条'),
  cucumbers: list(
    'cucumber=黄瓜; mini cucumbers=迷你黄瓜; English cucumber=英国黄瓜; pickling cucumbers=腌渍黄瓜',
  ),
  greens: list(
    'collard greens=羽衣甘蓝叶; kale=羽衣甘蓝; turnip greens=芜菁叶; mustard greens=芥菜叶',
  ),
  otherveg: list(
    'eggplant=茄子; leeks=韭葱; brussels sprouts=抱子甘蓝; snow peas=荷兰豆; ginger root=生姜',
  ),
  headlettuce: list('iceberg=球; crisphead=脆叶'),
  lettuces: list(
    'romaine lettuce=罗马生菜; red leaf lettuce=红叶生菜; green leaf lettuce=绿叶生菜; butter lettuce=奶油生菜; romaine hearts=罗马生菜心',
  ),

  // bakery
  italianbread: list(
    'Italian=意大利面包; French=法式面包; Vienna=维也纳面包; garlic=蒜香面包; sourdough=酸种面包; ciabatta=恰巴塔; country=乡村面包; baguette=法棍',
  ),
  bagels: list(
    'plain=原味; cinnamon raisin=肉桂葡萄干; blueberry=蓝莓; everything=什锦; onion=洋葱; whole wheat=全麦',
  ),
  lightbread: list('wheat=小麦; white=白; Italian=意式'),
  dinnerrolls: list('white=白; potato=土豆; wheat=小麦; honey=蜂蜜'),
  muffins: list(
    '=; whole-wheat=全麦; cinnamon raisin=肉桂葡萄干; sourdough=酸种; multigrain=多谷物',
  ),
  breakfastbread: list('cinnamon raisin=肉桂葡萄干; cinnamon swirl=肉桂漩涡; brown sugar=红糖'),
  buns: list(
    '=; sesame=芝麻; potato=土豆; wheat=小麦; jumbo=大号; enriched white=强化白; split-top=开口; honey=蜂蜜; butter=黄油; sandwich=三明治; seeded=带籽; family=家庭装',
  ),
  mainmealbread: list('French=法式; Italian=意式; sourdough=酸种'),
  wheatbread: list(
    'whole-wheat=全麦; honey wheat=蜂蜜小麦; multigrain=多谷物; split-top wheat=开口小麦; 12-grain=十二谷; oat=燕麦; cracked wheat=碎麦; wheat sandwich=小麦吐司',
    { rotate: 3 },
  ),
  whitebread: list(
    'white sandwich=白吐司; soft white=松软白吐司; split-top white=开口白吐司; enriched white=强化白吐司; thin-sliced white=薄片白吐司; buttermilk white=酪乳白吐司; family white=家庭装白吐司; old-fashioned white=传统白吐司',
    { rotate: 3 },
  ),
  tortillas: list(
    'flour=小麦; soft taco=软塔可; corn=玉米; burrito-size=卷饼用大号; whole-wheat=全麦; fajita=法士达',
  ),
  premiumbread: list(
    'country white=乡村白; honey oat=蜂蜜燕麦; potato=土豆; buttermilk=酪乳; 15-grain=十五谷; hearty wheat=厚实小麦',
  ),
  rye: list('seedless=无籽; seeded=带籽; marble=双色; dark=深色; Jewish=犹太式; pumpernickel=裸麦'),
  sandwichrolls: list(
    'hoagie=潜艇; kaiser=凯撒; steak=牛排; sesame=芝麻; wheat=小麦; onion=洋葱; sub=长条',
  ),
  croissants: list('butter croissants=黄油可颂; breadsticks=面包棒'),
  bakeryrolls: list('crusty=脆皮; dinner=晚餐; wheat=小麦; potato=土豆'),
  bakerysandwich: list('hoagie=潜艇; kaiser=凯撒; round=圆; sub=长条'),
  danish: list('cheese danish=奶酪丹麦酥; sweet roll=甜面包卷'),
  coffeecake: list('cinnamon streusel=肉桂酥粒; cream cheese=奶油奶酪'),
  freshdonuts: list(
    'glazed doughnut=糖霜甜甜圈; glazed doughnuts=糖霜甜甜圈盒装; chocolate iced doughnut=巧克力甜甜圈; cake doughnuts=蛋糕甜甜圈; jelly-filled doughnut=果酱夹心甜甜圈; cream-filled doughnut=奶油夹心甜甜圈; doughnut holes=甜甜圈球; cinnamon doughnut=肉桂甜甜圈',
  ),
  boxdonuts: list(
    'powdered mini doughnuts=糖粉迷你甜甜圈; chocolate mini doughnuts=巧克力迷你甜甜圈; crumb doughnuts=酥粒甜甜圈',
  ),
  snackcakes: list(
    'cream-filled sponge cakes=奶油夹心海绵蛋糕; chocolate cupcakes=巧克力杯子蛋糕; oatmeal cream pies=燕麦奶油派; Swiss rolls=瑞士卷; fudge brownies=软糖布朗尼; honey buns=蜂蜜面包卷; nutty wafer bars=花生威化棒; striped fudge cakes=条纹巧克力蛋糕; fruit pies=水果派; coffee cakes=咖啡蛋糕; strawberry rolls=草莓卷; pecan rolls=碧根果卷; devil’s food cakes=魔鬼巧克力蛋糕; sprinkled brownies=糖粒布朗尼; banana cakes=香蕉蛋糕; raisin cream pies=葡萄干奶油派; caramel crisp bars=焦糖脆米棒; chocolate chip cakes=巧克力豆蛋糕; peanut butter bars=花生酱棒; marshmallow pies=棉花糖派; vanilla cakes=香草蛋糕; golden cupcakes=金色杯子蛋糕; mini muffins=迷你玛芬',
    { styles: '=; single-serve=独立包装; family pack=家庭装' },
  ),
  sweetgoods: list(
    'cinnamon rolls=肉桂卷; iced honey buns=糖霜蜂蜜面包; powdered doughnuts=糖粉甜甜圈; cheese danish ring=奶酪丹麦圈; chocolate doughnuts=巧克力甜甜圈; apple turnovers=苹果酥角; blueberry muffins=蓝莓玛芬; pecan twists=碧根果扭酥; crumb cake=酥粒蛋糕; raspberry danish=树莓丹麦酥; banana nut muffins=香蕉核桃玛芬; pound cake=磅蛋糕; glazed doughnuts=糖霜甜甜圈; cinnamon sticks=肉桂酥条',
  ),
  angelcake: list('angel food cake=天使蛋糕; dessert shells=甜点蛋糕杯; jelly roll=果酱蛋糕卷'),
  bakerycookies: list(
    'chocolate chip=巧克力豆; sugar=糖霜; oatmeal raisin=燕麦葡萄干; peanut butter=花生酱; white chocolate macadamia=白巧克力夏威夷果; frosted=糖霜装饰; double chocolate=双重巧克力; snickerdoodle=肉桂糖',
  ),
  fruitpie: list('apple=苹果; cherry=樱桃; pecan=碧根果'),

  // dairy
  milk: list('2% reduced-fat=2%减脂; whole=全脂; 1% low-fat=1%低脂; fat-free=脱脂', {
    styles: '=; vitamin D=维生素D强化; calcium-rich=高钙; omega-3=欧米伽3',
    perSize: true,
  }),
  buttermilk: list('low-fat=低脂; whole=全脂; fat-free=脱脂; cultured=发酵'),
  chocmilk: list('=; low-fat=低脂; reduced-fat=减脂; fat-free=脱脂; dark=黑', perSize),
  miscmilk: list(
    'half & half=半奶油半牛奶; strawberry milk=草莓牛奶; heavy whipping cream=鲜奶油; lactose-free milk=无乳糖牛奶; vanilla milk=香草牛奶; fat-free half & half=脱脂半奶油; light cream=淡奶油; acidophilus milk=益生菌牛奶; banana milk=香蕉牛奶',
  ),
  creamer: list(
    'French vanilla=法式香草; hazelnut=榛子; original=原味; fat-free vanilla=脱脂香草; caramel=焦糖; Irish cream=爱尔兰奶油; amaretto=杏仁; sugar-free vanilla=无糖香草; cinnamon=肉桂; mocha=摩卡; peppermint=薄荷; coconut=椰子',
  ),
  whipped: list(
    'original=原味; light=轻脂; extra creamy=特浓; fat-free=脱脂; chocolate=巧克力; French vanilla=法式香草; sugar-free=无糖',
  ),
  cottage: list(
    'small curd=小颗粒; low-fat=低脂; fat-free=脱脂; large curd=大颗粒; 4% milkfat=4%乳脂; pineapple=菠萝; chive=香葱',
  ),
  ricotta: list('whole milk=全脂; part-skim=部分脱脂; fat-free=脱脂'),
  dips: list(
    'French onion=法式洋葱; ranch=牧场; green onion=青葱; bacon & horseradish=培根辣根; Southwest=西南风味; dill=莳萝; jalapeño=墨西哥辣椒; toasted onion=烤洋葱; clam=蛤蜊; vegetable=蔬菜; veggie=素菜',
  ),
  sourcream: list('=; light=低脂; fat-free=脱脂; natural=天然; extra thick=特浓'),
  cannedmilk: list('evaporated=淡奶; sweetened condensed=炼乳; fat-free evaporated=脱脂淡奶'),
  eggs: list(
    'large=大号; large brown=大号褐壳; cage-free large=非笼养大号; omega-3 large=欧米伽3大号; vegetarian-fed large=素食喂养大号; grade A large=A级大号',
  ),
  butter: list('salted=含盐; unsalted=无盐; sweet cream=甜奶油; whipped=搅打; light=低脂'),
  margarine: list('=; vegetable oil=植物油; unsalted=无盐; corn oil=玉米油; light=低脂'),
  spread: list(
    'vegetable oil=植物油; buttery=黄油味; light vegetable oil=低脂植物油; olive oil=橄榄油; soft=柔滑; canola=芥花油; whipped=搅打; heart-healthy=益心; churn-style=搅拌黄油味; calcium-enriched=加钙',
  ),
  creamcheese: list(
    '=; 1/3 less fat=减脂三分之一; whipped=搅打; strawberry=草莓; chive & onion=香葱洋葱; fat-free=脱脂; garden vegetable=田园蔬菜; honey nut=蜂蜜坚果; blueberry=蓝莓; light=低脂; cheesecake-style=芝士蛋糕风味',
    { styles: '=; soft tub=软质盒装; brick=块装' },
  ),
  grated: list('parmesan=帕玛森; parmesan & romano=帕玛森罗马诺'),
  singles: list(
    'American=美式; 2% American=2%减脂美式; sharp cheddar=浓味切达; Swiss=瑞士; white American=白美式; fat-free American=脱脂美式; pepper jack=胡椒杰克; sandwich=三明治',
  ),
  loafcheese: list('melting=易融; American=美式; light melting=低脂易融; Mexican-style=墨西哥风味'),
  misccheese: list(
    'crumbled blue=蓝纹碎; crumbled feta=菲达碎; squeeze=挤压装; spray=喷射装; goat=山羊',
  ),
  cheese: list(
    'cheddar=切达; mozzarella=马苏里拉; sharp cheddar=浓味切达; Colby jack=科尔比杰克; mild cheddar=淡味切达; Mexican-style four=墨西哥四重; Italian-style five=意式五重; Monterey jack=蒙特里杰克; Swiss=瑞士; pepper jack=胡椒杰克; extra sharp cheddar=特浓切达; part-skim mozzarella=部分脱脂马苏里拉; Colby=科尔比; 2% cheddar=2%减脂切达; taco blend=塔可混合; pizza blend=披萨混合; white cheddar=白切达; parmesan=帕玛森; provolone=波罗伏洛; nacho blend=纳乔混合',
    { styles: '=; fine cut=细丝; value size=实惠装' },
  ),
  cheeseblock: list(
    'cheddar=切达; sharp cheddar=浓味切达; mozzarella=马苏里拉; Colby jack=科尔比杰克; mild cheddar=淡味切达; Monterey jack=蒙特里杰克; Swiss=瑞士; pepper jack=胡椒杰克; extra sharp cheddar=特浓切达; Colby=科尔比; part-skim mozzarella=部分脱脂马苏里拉; medium cheddar=中味切达; white cheddar=白切达; 2% cheddar=2%减脂切达; provolone=波罗伏洛; parmesan=帕玛森; muenster=明斯特; gouda=高达; jalapeño jack=辣椒杰克; reduced-fat Colby jack=减脂科尔比杰克; havarti=哈瓦蒂',
  ),
  cheeseslices: list(
    'Swiss=瑞士; provolone=波罗伏洛; mild cheddar=淡味切达; sharp cheddar=浓味切达; Colby jack=科尔比杰克; pepper jack=胡椒杰克; muenster=明斯特; mozzarella=马苏里拉; baby Swiss=淡味瑞士; havarti=哈瓦蒂; smoked gouda=烟熏高达; white cheddar=白切达',
  ),
  string: list(
    'mozzarella=马苏里拉; Colby jack=科尔比杰克; light mozzarella=低脂马苏里拉; cheddar=切达; twisted=双色麻花; smoked=烟熏',
    { styles: '=; single=单支; family pack=家庭装' },
  ),
  yogurt: list(
    'strawberry=草莓; vanilla=香草; peach=蜜桃; blueberry=蓝莓; strawberry banana=草莓香蕉; raspberry=树莓; cherry=樱桃; key lime=青柠派; plain=原味; mixed berry=什锦莓果; lemon=柠檬; blackberry=黑莓; piña colada=凤梨椰香; French vanilla=法式香草; coconut=椰子; orange cream=橙子奶油; banana cream=香蕉奶油; boysenberry=博伊森莓; strawberry cheesecake=草莓芝士蛋糕; mango=芒果; white chocolate raspberry=白巧克力树莓; pineapple=菠萝; apple cinnamon=苹果肉桂; black cherry=黑樱桃',
    { rotate: true, styles: '=; light=轻脂款; low-fat=低脂款; whipped=搅打款' },
  ),
  pudding: list(
    'chocolate=巧克力; vanilla=香草; chocolate & vanilla=巧克力香草; butterscotch=奶油糖; tapioca=木薯; banana=香蕉; fat-free chocolate=脱脂巧克力; sugar-free chocolate=无糖巧克力; rice=米; caramel=焦糖',
    { styles: '=; double layer=双层' },
  ),
  miscdough: list('pie crust=派皮; pizza crust=披萨饼底; breadstick=面包棒'),
  biscuits: list(
    'buttermilk=酪乳; flaky layers=千层; Southern-style=南方风味; butter=黄油; jumbo buttermilk=大号酪乳; homestyle=家常; honey butter=蜂蜜黄油; Texas-style=德州风味; low-fat buttermilk=低脂酪乳; golden layers=金黄千层; country=乡村; flaky butter=千层黄油; whole-wheat=全麦; cheddar=切达',
    { styles: '=; large=大号' },
  ),
  cookiedough: list(
    'chocolate chip=巧克力豆; sugar=糖霜; peanut butter=花生酱; chocolate chunk=大块巧克力; oatmeal raisin=燕麦葡萄干; holiday sugar=节日糖霜; double chocolate=双重巧克力',
  ),
  rolldough: list(
    'crescent roll=可颂卷; cinnamon roll=肉桂卷; iced cinnamon roll=糖霜肉桂卷; reduced-fat crescent roll=减脂可颂卷; orange roll=香橙卷; caramel roll=焦糖卷; butter crescent=黄油可颂; breadstick=面包棒; garlic crescent roll=蒜香可颂卷; dinner roll=餐包; jumbo cinnamon roll=大号肉桂卷; turnover=酥角',
  ),
  soymilk: list('vanilla=香草; plain=原味; light=低脂; chocolate=巧克力'),

  // meat and fish: by price, cheap to dear
  groundangus: list('80% lean=80%瘦肉; 85% lean=85%瘦肉; 93% lean=93%瘦肉', byPrice),
  groundlean: list(
    '75% lean=75%瘦肉; 85% lean=85%瘦肉; 90% lean=90%瘦肉; 93% lean=93%瘦肉; family pack=家庭装; 96% lean=96%瘦肉; value pack=实惠装; club pack=大包装',
    byPrice,
  ),
  groundprimal: list(
    'ground beef, small pack=牛肉末小份; ground chuck=牛肩肉末; ground beef, 80% lean=牛肉末80%瘦肉; ground chuck, family pack=牛肩肉末家庭装; ground beef roll=牛肉末卷; ground round=牛腿肉末; ground beef, family pack=牛肉末家庭装; ground round, family pack=牛腿肉末家庭装; ground beef, 3-pound pack=牛肉末三磅装; ground sirloin=西冷牛肉末; ground chuck, value pack=牛肩肉末实惠装; ground round, value pack=牛腿肉末实惠装; ground sirloin, family pack=西冷牛肉末家庭装; ground beef, value pack=牛肉末实惠装; ground beef, club pack=牛肉末大包装; ground sirloin, club pack=西冷牛肉末大包装',
    byPrice,
  ),
  beefcuts: list(
    'stew beef=炖牛肉; cube steak=嫩化牛排; beef short ribs=牛小排; minute steak=薄切牛排; chuck steak=肩肉牛排; round steak=腿肉牛排; chuck roast=肩肉烤块; shoulder steak=牛肩排; sirloin tip steak=西冷尖牛排; eye of round roast=腿心烤块; bottom round roast=外腿烤块; sirloin tip roast=西冷尖烤块; rump roast=臀肉烤块; sirloin steak=西冷牛排; boneless chuck roast=去骨肩肉烤块; New York strip steak=纽约客牛排; T-bone steak=丁骨牛排; ribeye steak=肋眼牛排',
    byPrice,
  ),
  beefselect: list(
    'chuck steak=肩肉牛排; chuck roast=肩肉烤块; round roast=腿肉烤块; sirloin steak=西冷牛排; strip steak=纽约客牛排; ribeye steak=肋眼牛排',
    byPrice,
  ),
  patties: list(
    'quarter-pound=四分之一磅; homestyle=家常; seasoned=调味; ground chuck=肩肉; sirloin=西冷; family-pack=家庭装',
    byPrice,
  ),
  beefribs: list('back ribs=牛背肋排; short ribs=牛小排', byPrice),
  beefstew: list('soup bones=牛汤骨; shank=牛腱; stew meat=炖牛肉', byPrice),
  chickenpack: list(
    'single=单件装; small pack=小份装; regular pack=标准装; large pack=大份装; family pack=家庭装; value pack=实惠装',
    byPrice,
  ),
  giblets: list('livers=鸡肝; gizzards=鸡胗', byPrice),
  wholechicken: list('fryer=嫩鸡; young roaster=烤用仔鸡; large roaster=大烤鸡', byPrice),
  groundturkey: list('85% lean=85%瘦肉; 93% lean=93%瘦肉', byPrice),
  drypork: list('stew meat=炖猪肉; loin roast=猪里脊烤块', byPrice),
  porkcuts: list(
    'pork neck bones=猪颈骨; assorted pork chops, small pack=什锦猪排小份; pork steaks=猪肩排; thin pork chops=薄切猪排; pork blade chops=梅花肉排; breakfast pork chops=早餐猪排; assorted pork chops=什锦猪排; boneless pork chops=去骨猪排; pork cutlets=猪肉薄片; country-style pork ribs=乡村猪肋条; center-cut pork chops=中段猪排; boneless country-style ribs=去骨猪肋条; pork sirloin roast=猪后腰烤块; assorted pork chops, family pack=什锦猪排家庭装; pork tenderloin=猪小里脊; boneless pork loin roast=去骨猪里脊烤块; whole boneless pork loin=整条去骨猪里脊',
    byPrice,
  ),
  porkribs: list(
    'riblets=小排骨; country-style pork ribs, bone-in=带骨乡村猪肋条; pork spare ribs, half rack=半扇猪肋排; pork spare ribs=猪肋排; St Louis-style ribs=圣路易斯猪肋排; baby back ribs=猪背肋排',
    byPrice,
  ),
  hampack: list('diced ham=火腿丁; ham slices=火腿片', byPrice),
  cookedpork: list('diced ham, cooked=熟火腿丁; pulled pork=手撕猪肉', byPrice),
  lightbacon: list(
    'turkey=火鸡; reduced-sodium=低钠; center-cut=中段; lean=瘦; smoked turkey=烟熏火鸡',
  ),
  economybacon: list(
    'sliced=切片; smoked sliced=烟熏切片; hickory=山核桃木熏; breakfast=早餐; ends & pieces=边角; thin-sliced=薄切',
  ),
  flavouredbacon: list('maple=枫糖; peppered=黑椒; brown sugar=红糖'),
  cookedbacon: list('thick=厚切; crisp=香脆; turkey=火鸡; maple=枫糖'),
  bacon: list(
    'hickory-smoked=山核桃木熏; thick-cut=厚切; original=原味; applewood-smoked=苹果木熏; lower-sodium=低钠; center-cut=中段; maple=枫糖; double-smoked=双重烟熏',
  ),
  breakfastsausage: list(
    'original=原味; maple=枫糖; lite=低脂; hot=辣味; turkey=火鸡; brown sugar=红糖',
  ),
  flavouredsausage: list('sage=鼠尾草; maple=枫糖; Italian=意式; hot=辣味'),
  porksausage: list('mild=淡味; hot=辣味; sage=鼠尾草; country=乡村; lite=低脂; regular=原味'),
  breakfastsandwich: list(
    'sausage biscuits=香肠小面包; sausage gravy=香肠肉汁; breakfast croissants=早餐可颂',
  ),
  freshsausage: list(
    'Italian=意式; bratwurst-style=德式; sweet Italian=意式甜味; hot Italian=意式辣味',
  ),
  smokedbeef: list('smoked=烟熏; polska=波兰式; lite smoked=低脂烟熏; hot smoked=辣味烟熏'),
  smokedsausage: list(
    'smoked sausage=烟熏香肠; polska kielbasa=波兰熏肠; smoked bratwurst=烟熏德式烤肠; hot links=辣味香肠; cheddar smoked sausage=切达烟熏香肠; Cajun smoked sausage=卡真烟熏香肠; beer bratwurst=啤酒烤肠; Italian smoked sausage=意式烟熏香肠',
    rotate,
  ),
  lighthotdogs: list('turkey=火鸡; light=低脂; fat-free=脱脂'),
  economyhotdogs: list('chicken & pork=鸡肉猪肉; turkey=火鸡; meat=混合肉; bun-length=长条'),
  beefhotdogs: list('=; bun-length=长条; jumbo=大号'),
  meathotdogs: list('=; bun-length=长条; jumbo=大号; cheese=奶酪; smoked=烟熏'),
  bologna: list(
    '=; thick-sliced=厚切; beef=牛肉; garlic=蒜香; light=低脂; chicken & pork=鸡肉猪肉; turkey=火鸡',
  ),
  slicedham: list(
    'honey=蜂蜜; smoked=烟熏; cooked=熟制; chopped=碎肉; brown sugar=红糖; Black Forest=黑森林; Virginia=弗吉尼亚; baked=烘烤; deli-thin=薄切; lower-sodium=低钠',
  ),
  meatloaf: list('olive=橄榄; pickle & pimiento=酸黄瓜甜椒; spiced luncheon=香料午餐'),
  lunchkits: list(
    'turkey & cheddar=火鸡切达; ham & cheddar=火腿切达; pepperoni pizza=辣肠披萨; nachos=墨西哥玉米片; bologna & cheese=博洛尼亚奶酪; ham & Swiss=火腿瑞士奶酪; cheese pizza=奶酪披萨; chicken nuggets=鸡块; turkey & American=火鸡美式奶酪; mini burgers=迷你汉堡; mini hot dogs=迷你热狗; mini tacos=迷你塔可; chicken strips=鸡柳; turkey club=火鸡总汇; ham club=火腿总汇; salami & cheese=萨拉米奶酪; deep dish pizza=厚底披萨; waffles=华夫饼',
    { styles: '=; with drink=配饮料; big portion=大份' },
  ),
  misclunchmeat: list(
    'corned beef, sliced=切片咸牛肉; chipped beef=薄切牛肉; pastrami, sliced=切片五香熏牛肉; chicken breast, sliced=切片鸡胸; braunschweiger=德式肝肠; smoked beef, sliced=切片烟熏牛肉; liver sausage=肝肠',
  ),
  salami: list(
    'hard salami=硬萨拉米; pepperoni slices=意式辣香肠片; cotto salami=熟萨拉米; Genoa salami=热那亚萨拉米; turkey pepperoni=火鸡辣香肠; beef salami=牛肉萨拉米',
  ),
  slicedturkey: list(
    'oven-roasted turkey breast=烤火鸡胸; smoked turkey breast=烟熏火鸡胸; honey turkey breast=蜂蜜火鸡胸; roasted chicken breast=烤鸡胸; deli-thin turkey breast=薄切火鸡胸; turkey ham=火鸡火腿; honey roasted chicken=蜂蜜烤鸡; peppered turkey=黑椒火鸡; mesquite turkey breast=牧豆木熏火鸡胸; white turkey=白火鸡肉; rotisserie chicken breast=旋转烤鸡胸',
  ),
  lunchvariety: list('ham & turkey=火腿火鸡; three-meat=三重肉'),
  chickenstrips: list('grilled=烤; Southwest=西南风味; honey roasted=蜂蜜烤'),
  heatserve: list(
    'macaroni & cheese, chilled=冷藏奶酪通心粉; mashed potatoes, chilled=冷藏土豆泥; scalloped potatoes, chilled=冷藏奶油焗土豆; meat loaf in gravy=肉汁肉糕; pot roast in gravy=肉汁炖牛肉; garlic mashed potatoes=蒜香土豆泥; sliced apples in cinnamon=肉桂苹果片',
  ),
  cookedbeef: list('beef patties=牛肉饼; beef fingers=牛肉条'),
  breadedchicken: list(
    'chicken nuggets=鸡块; breaded chicken patties=裹粉鸡排; chicken tenders=鸡柳; popcorn chicken=鸡米花; buffalo wings=水牛城鸡翅; chicken fries=鸡肉条; honey barbecue wings=蜂蜜烧烤鸡翅; Southern-style chicken=南方炸鸡; breaded chicken breasts=裹粉鸡胸; dinosaur nuggets=恐龙鸡块',
    { styles: '=; family bag=家庭装' },
  ),
  frozenburgers: list(
    'Italian meatballs, frozen=冷冻意式肉丸; homestyle meatballs, frozen=冷冻家常肉丸; turkey burgers, frozen=冷冻火鸡汉堡',
  ),
  frozenbreast: list(
    'boneless chicken breasts=去骨鸡胸; chicken tenderloins=鸡小胸; boneless chicken thighs=去骨鸡腿肉',
  ),
  frozenpatty: list(
    'beef patties=牛肉饼; quarter-pound beef patties=四分之一磅牛肉饼; bacon beef patties=培根牛肉饼; beef patties, family bag=牛肉饼家庭装',
  ),
  frozenwings: list('chicken wings=鸡翅; chicken drummettes=翅根; party wings=派对鸡翅'),
  pickles: list(
    'kosher dill=莳萝; dill spear=条状莳萝; bread & butter=甜味; hamburger dill=汉堡莳萝片; sweet gherkin=小甜',
  ),
  shrimp: list('large=大号; medium=中号; jumbo=特大号'),
  fillets: list('tilapia=罗非鱼; salmon=三文鱼; cod=鳕鱼; catfish=鲶鱼'),
  frozenseafood: list('snow crab legs=雪蟹腿; crab meat=蟹肉'),
  seafoodsauce: list('cocktail=海鲜鸡尾酒酱; tartar=塔塔酱'),
  freshfish: list('tilapia=罗非鱼; cod=鳕鱼; orange roughy=胸棘鲷鱼'),
  salmon: list('Atlantic=大西洋; sockeye=红'),
  tuna: list(
    'chunk light tuna in water=水浸金枪鱼; chunk light tuna in oil=油浸金枪鱼; solid white albacore=白金枪鱼; albacore in water=水浸白金枪鱼; light tuna pouch=袋装金枪鱼; light tuna, 4-pack=金枪鱼四罐装; tuna salad kit=金枪鱼沙拉套装',
  ),

  // deli
  delicheese: list(
    'Swiss=瑞士; provolone=波罗伏洛; baby Swiss=淡味瑞士; Colby jack=科尔比杰克; muenster=明斯特; pepper jack=胡椒杰克; mozzarella=马苏里拉; cheddar=切达; havarti=哈瓦蒂',
  ),
  deliamerican: list(
    'American=美式; white American=白美式; yellow American=黄美式; hot pepper=辣味; smoky cheddar=烟熏切达; sharp American=浓味美式; lite American=低脂美式',
  ),
  chickendinner: list(
    'chicken snack box=鸡肉小食盒; chicken dinner with sides=鸡肉套餐配菜',
    byPrice,
  ),
  rotisserie: list(
    'savory=香烤; lemon pepper=柠檬胡椒; barbecue=烧烤; honey=蜂蜜; garlic & herb=蒜香香草',
  ),
  delibeef: list(
    'roast beef=烤牛肉; Italian roast beef=意式烤牛肉; corned beef=咸牛肉; pastrami=五香熏牛肉; rare roast beef=三分熟烤牛肉',
  ),
  delilunch: list(
    'bologna=博洛尼亚肠; beef bologna=牛肉博洛尼亚肠; olive loaf=橄榄肉糕; cotto salami=熟萨拉米; garlic bologna=蒜香博洛尼亚肠; pickle loaf=酸黄瓜肉糕',
  ),
  deliturkey: list(
    'oven-roasted=烘烤; smoked=烟熏; honey=蜂蜜; mesquite=牧豆木熏; peppered=黑椒; Cajun=卡真; low-sodium=低钠; maple=枫糖; buffalo-style=水牛城风味; golden roasted=金黄烤; rotisserie-style=旋转烤; herb-roasted=香草烤; hickory-smoked=山核桃木熏; sun-dried tomato=番茄干; cracked pepper=粗粒黑椒; homestyle=家常',
  ),
  deliham: list(
    'honey=蜂蜜; Virginia=弗吉尼亚; smoked=烟熏; Black Forest=黑森林; cooked=熟制; brown sugar=红糖; tavern=酒馆风味; maple=枫糖; low-sodium=低钠; chipped=薄削; pit-smoked=坑熏; chopped=碎肉; baked=烘烤; glazed=蜜汁',
  ),
  pastasalad: list('macaroni=通心粉; Italian pasta=意式意面'),
  proteinsalad: list('chicken=鸡肉; tuna=金枪鱼; ham=火腿; egg=鸡蛋'),
  vegsalad: list(
    'potato salad=土豆沙拉; coleslaw=凉拌卷心菜; mustard potato salad=芥末土豆沙拉; American potato salad=美式土豆沙拉; creamy coleslaw=奶油凉拌卷心菜; red-skin potato salad=红皮土豆沙拉; deviled egg potato salad=鸡蛋土豆沙拉; Amish potato salad=阿米什土豆沙拉; three-bean salad=三豆沙拉; homestyle slaw=家常凉拌菜',
  ),
  sandwiches: list('Italian sub=意式潜艇; ham & cheese=火腿奶酪; turkey club=火鸡总汇'),
  saladbar: list(
    'small=小份; medium=中份; regular=标准份; large=大份; deluxe=豪华; family=家庭装; party=派对装',
    byPrice,
  ),
  hotsoup: list('small=小份; large=大份', byPrice),

  // frozen
  frozenbiscuits: list('buttermilk=酪乳; Southern-style=南方风味'),
  garlicbread: list(
    'garlic bread loaf=蒜香面包; garlic Texas toast=蒜香厚片吐司; cheese Texas toast=奶酪厚片吐司; garlic breadsticks=蒜香面包棒; five-cheese toast=五重奶酪吐司; garlic cheese bread=蒜香奶酪面包; parmesan toast=帕玛森吐司; garlic knots=蒜香面包结',
  ),
  burritos: list(
    'bean & cheese=豆泥奶酪; beef & bean=牛肉豆泥; spicy beef=辣味牛肉; red chili=红辣椒; chicken & cheese=鸡肉奶酪',
  ),
  pizza: list(pizzaTops),
  handhelds: list(
    'ham & cheese=火腿奶酪; pepperoni pizza=辣肠披萨; meatballs & mozzarella=肉丸马苏里拉; chicken, broccoli & cheddar=鸡肉西兰花切达; Philly steak=费城牛排; four cheese=四重奶酪; turkey & broccoli=火鸡西兰花; barbecue beef=烧烤牛肉; bacon, egg & cheese=培根鸡蛋奶酪; sausage, egg & cheese=香肠鸡蛋奶酪; chicken & bacon=鸡肉培根; beef taco=牛肉塔可; five-meat pizza=五重肉披萨; cheeseburger=芝士汉堡; sausage pizza=香肠披萨; steak fajita=牛排法士达; ham & cheddar=火腿切达; chicken parmesan=帕玛森鸡肉; triple cheese=三重奶酪',
  ),
  appetizers: list(
    'pizza bites, pepperoni=辣肠披萨卷; mozzarella sticks=马苏里拉奶酪条; pizza bites, cheese=奶酪披萨卷; taquitos, beef=牛肉炸卷; mini pizza bagels, pepperoni=迷你贝果披萨; jalapeño poppers=奶酪夹心辣椒; taquitos, chicken=鸡肉炸卷; potato skins, cheddar & bacon=培根奶酪土豆皮; egg rolls, chicken=鸡肉春卷; pizza bites, sausage=香肠披萨卷; mini tacos=迷你塔可; soft pretzels=软椒盐卷饼; mini pizza bagels, cheese=三重奶酪迷你贝果披萨; egg rolls, pork=猪肉春卷; breaded mushrooms=裹粉蘑菇; pizza bites, combination=组合披萨卷',
  ),
  frozenbreakfast: list(
    'breakfast biscuits, sausage=香肠早餐小面包; breakfast bowl, eggs & bacon=培根鸡蛋早餐碗; pancakes & sausage on a stick=香肠松饼串',
  ),
  strudel: list(
    'strawberry=草莓; apple=苹果; cream cheese=奶油奶酪; cherry=樱桃; raspberry=树莓; blueberry=蓝莓; cinnamon=肉桂',
  ),
  waffles: list(
    'homestyle waffles=家常华夫饼; buttermilk waffles=酪乳华夫饼; blueberry waffles=蓝莓华夫饼; buttermilk pancakes=酪乳松饼; French toast sticks=法式吐司条; mini pancakes=迷你松饼; chocolate chip waffles=巧克力豆华夫饼; whole-grain waffles=全谷物华夫饼; mini waffles=迷你华夫饼; cinnamon French toast=肉桂法式吐司; apple cinnamon waffles=苹果肉桂华夫饼',
  ),
  frozenfruit: list(
    'strawberries=草莓; mixed berries=什锦莓果; blueberries=蓝莓; peach slices=桃片; mango chunks=芒果块',
  ),
  frozendrink: list('lemonade=柠檬水; fruit punch=果味潘趣; limeade=青柠水'),
  frozenoj: list('orange juice=橙汁; orange juice with calcium=高钙橙汁'),
  icesandwich: list('vanilla=香草; Neapolitan=三色; mini vanilla=迷你香草; light vanilla=低脂香草'),
  icebars: list(
    'ice cream bars=冰淇淋棒; fudge bars=软糖雪糕; orange cream bars=香橙奶油雪糕; toffee ice cream bars=太妃糖雪糕; strawberry crunch bars=草莓脆皮雪糕; caramel crunch bars=焦糖脆皮雪糕; almond ice cream bars=杏仁雪糕; sugar-free fudge bars=无糖软糖雪糕; mint bars=薄荷雪糕; crispy bars=脆米雪糕',
  ),
  icepops: list(
    'assorted fruit=什锦水果; sugar-free assorted=无糖什锦; rainbow=彩虹; twin=双棒; cherry, orange & grape=樱桃橙子葡萄; real fruit=真果; freezer=管装',
  ),
  fries: list(
    'crinkle-cut fries=波纹薯条; French fries=薯条; shoestring fries=细薯条; steak fries=粗薯条; seasoned curly fries=调味卷薯; waffle fries=格子薯条; fast-food-style fries=快餐薯条; extra-crispy fries=特脆薯条; thin crinkle fries=细波纹薯条; potato wedges=土豆角; seasoned fries=调味薯条; country-style fries=乡村薯条; sweet potato fries=红薯条',
  ),
  hashbrowns: list('shredded=丝状; country-style=乡村; diced=丁状; O’Brien=甜椒洋葱'),
  tots: list(
    'potato tots=薯球; potato crowns=土豆脆圆; onion tots=洋葱薯球; mini tots=迷你薯球; potato puffs=土豆泡',
  ),
  frozenveg: list(
    'broccoli florets=西兰花; mixed vegetables=什锦蔬菜; cut corn=玉米粒; peas=青豆; green beans=四季豆; California blend=加州什锦蔬菜; chopped broccoli=西兰花碎; cut green beans=四季豆段; broccoli cuts=西兰花段; stir-fry vegetables=快炒蔬菜; cauliflower florets=花椰菜; peas & carrots=青豆胡萝卜; chopped spinach=菠菜碎; Italian blend=意式什锦蔬菜; broccoli & cauliflower=西兰花花椰菜; baby lima beans=小利马豆; cut okra=秋葵段; leaf spinach=菠菜叶; sliced carrots=胡萝卜片; whole green beans=整条四季豆; pepper stir-fry=彩椒快炒; diced onions=洋葱丁; petite peas=小青豆; sweet corn=甜玉米; brussels sprouts=抱子甘蓝; winter blend=冬季什锦蔬菜; broccoli stir-fry=西兰花快炒; vegetables for soup=煲汤蔬菜; sugar snap peas=甜豆; black-eyed peas=黑眼豆; asparagus spears=芦笋; squash=西葫芦; collard greens=羽衣甘蓝叶',
  ),
  vegsauce: list(
    'broccoli in cheese sauce=奶酪酱西兰花; vegetables in cheese sauce=奶酪酱什锦蔬菜; creamed spinach=奶油菠菜; peas in butter sauce=黄油酱青豆; corn in butter sauce=黄油酱玉米; cauliflower in cheese sauce=奶酪酱花椰菜; broccoli & carrots=西兰花胡萝卜; spinach souffle=菠菜舒芙蕾; green bean casserole=焗四季豆; rice & broccoli in cheese=奶酪西兰花饭; roasted potatoes & vegetables=烤土豆蔬菜',
    rotate,
  ),
  dishes: list(dishes, { rotate: true, styles: '=; extra portion=加量款' }),
  icecream: list(
    'vanilla=香草; chocolate=巧克力; cookies & cream=饼干奶油; strawberry=草莓; mint chocolate chip=薄荷巧克力片; butter pecan=黄油碧根果; French vanilla=法式香草; Neapolitan=三色; chocolate chip=巧克力豆; fudge swirl=软糖漩涡; rocky road=坚果棉花糖巧克力; cookie dough=曲奇面团; black cherry=黑樱桃; peanut butter cup=花生酱杯; caramel swirl=焦糖漩涡; coffee=咖啡; cherry vanilla=樱桃香草; orange sherbet=香橙雪芭; birthday cake=生日蛋糕; chocolate fudge brownie=软糖布朗尼; pistachio=开心果; rainbow sherbet=彩虹雪芭',
    { styles: '=; light=低脂款; no sugar added=无添加糖款' },
  ),

  // breakfast
  adultcereal: list(
    'raisin bran=葡萄干麦麸片; multigrain flakes=多谷物麦片; shredded wheat=麦丝卷; honey oat clusters=蜂蜜燕麦簇; bran flakes=麦麸片; strawberry wheat flakes=草莓小麦片; high-fibre flakes=高纤麦片; oat bran flakes=燕麦麸片; almond oat clusters=杏仁燕麦簇; barley nuggets=大麦脆粒; frosted shredded wheat=糖霜麦丝卷; granola with raisins=葡萄干格兰诺拉; maple pecan cereal=枫糖碧根果麦片; vanilla almond flakes=香草杏仁麦片; whole-grain squares=全谷物方块',
    { rotate: true },
  ),
  familycereal: list(
    'toasted oat rings=烤燕麦圈; honey nut oat rings=蜂蜜坚果燕麦圈; corn flakes=玉米片; crisped rice=脆米片; frosted corn flakes=糖霜玉米片; mini frosted wheat=糖霜小麦块; rice squares=大米方块; corn squares=玉米方块; wheat squares=小麦方块; cinnamon oat squares=肉桂燕麦方块; apple cinnamon oat rings=苹果肉桂燕麦圈; multigrain rings=多谷物圈; honey graham squares=蜂蜜全麦方块; crispy oat flakes=香脆燕麦片',
    { rotate: true },
  ),
  kidscereal: list(
    'fruity rings=水果圈; cinnamon toast squares=肉桂吐司方块; cocoa crisped rice=可可脆米; marshmallow oat shapes=棉花糖燕麦造型; crunchy corn puffs=脆玉米球; cocoa balls=可可球; frosted flakes=糖霜麦片; fruity crisped rice=水果脆米; peanut butter puffs=花生酱球; apple rings=苹果圈; honey puffs=蜂蜜泡芙; cookie crunch=曲奇脆; berry crunch=莓果脆; golden puffs=金黄泡芙; sugar hoops=甜麦圈; marshmallow crisps=棉花糖脆米; chocolate squares=巧克力方块; waffle crunch=华夫脆; honey crunch=蜂蜜脆; magic stars=魔法星星; coloured rings=彩色麦圈',
    { rotate: true },
  ),
  oatmeal: list(
    'variety pack=什锦; maple & brown sugar=枫糖红糖; original=原味; apples & cinnamon=苹果肉桂; peaches & cream=蜜桃奶油; cinnamon spice=肉桂香料; lower-sugar variety=低糖什锦; raisin & spice=葡萄干香料',
  ),
  oats: list('old-fashioned=传统; quick=速煮; steel-cut=钢切'),
  cerealbars: list(
    'strawberry=草莓; blueberry=蓝莓; apple cinnamon=苹果肉桂; mixed berry=什锦莓果; marshmallow=棉花糖; chocolate=巧克力',
  ),
  granola: list(
    'chewy chocolate chip=软巧克力豆; crunchy oats & honey=脆燕麦蜂蜜; peanut butter=花生酱; s’mores=棉花糖巧克力; fruit & nut=水果坚果; chewy variety=软什锦; sweet & salty peanut=甜咸花生; oatmeal raisin=燕麦葡萄干; dark chocolate=黑巧克力; almond=杏仁',
  ),
  toaster: list(
    'frosted strawberry=糖霜草莓; frosted brown sugar cinnamon=糖霜红糖肉桂; frosted cherry=糖霜樱桃; s’mores=棉花糖巧克力; frosted blueberry=糖霜蓝莓; strawberry=草莓; frosted chocolate fudge=糖霜巧克力软糖; brown sugar cinnamon=红糖肉桂; frosted raspberry=糖霜树莓; cookies & cream=饼干奶油; wild berry=野莓; blueberry=蓝莓; hot fudge sundae=热软糖圣代; apple=苹果; grape=葡萄; peanut butter=花生酱; vanilla=香草',
  ),
  syrup: list(
    'original pancake=原味松饼; butter-flavour=黄油味; lite pancake=低糖松饼; maple-flavour=枫糖味; buttermaple=黄油枫糖',
  ),
  pancakemix: list(
    'buttermilk=酪乳; original=原味; complete buttermilk=免加料酪乳; whole-wheat=全麦',
  ),
  jelly: list('grape=葡萄; strawberry=草莓; apple=苹果; blackberry=黑莓'),
  peanutbutter: list(
    'creamy=柔滑; crunchy=颗粒; extra crunchy=大颗粒; reduced-fat creamy=减脂柔滑; honey roasted=蜂蜜烤; natural creamy=天然柔滑; natural crunchy=天然颗粒',
  ),

  // pantry
  greenbeans: list(
    'cut=切段; French-style=法式切丝; whole=整条; no-salt cut=无盐切段; Italian cut=意式切段; seasoned=调味',
  ),
  corn: list(
    'whole kernel=玉米粒; cream-style=奶油玉米; no-salt whole kernel=无盐玉米粒; vacuum-packed=真空包装玉米粒; gold & white=黄白玉米粒; Southwest=西南风味玉米粒; super sweet=超甜玉米粒',
  ),
  cannedmushrooms: list(
    'cut=切块; sliced=切片; whole button=整粒; no-salt cut=无盐切块; no-salt sliced=无盐切片; button & stem=整粒带柄',
  ),
  peas: list('sweet=甜; very young=嫩; no-salt sweet=无盐甜; garden=田园'),
  cannedpotatoes: list('whole=整粒; sliced=切片; diced=切丁'),
  cannedgreens: list('leaf spinach=菠菜; collard greens=羽衣甘蓝叶; turnip greens=芜菁叶'),
  tomatosauce: list('=; no-salt=无盐; basil & garlic=罗勒蒜香; Italian-style=意式'),
  dicedtomatoes: list(
    'diced=切丁; stewed=炖; crushed=压碎; petite diced=小丁; green chili diced=青椒切丁; Italian-style stewed=意式炖; no-salt diced=无盐切丁; basil & garlic diced=罗勒蒜香切丁; fire-roasted diced=火烤切丁; chili-style diced=辣味切丁',
  ),
  bakedbeans: list(
    'original=原味; brown sugar & bacon=红糖培根; pork &=猪肉; vegetarian=素; maple=枫糖; country-style=乡村; homestyle=家常; onion=洋葱; barbecue=烧烤; Boston-style=波士顿',
  ),
  beans: list(
    'dark red kidney beans=深红腰豆; chili beans=辣豆; pinto beans=花豆; black beans=黑豆; great northern beans=大白豆; light red kidney beans=浅红腰豆; garbanzo beans=鹰嘴豆; mayocoba beans=黄豆; butter beans=黄油豆; navy beans=海军豆; hot chili beans=特辣豆; mixed chili beans=混合辣豆',
  ),
  applesauce: list('original=原味; unsweetened=无糖; cinnamon=肉桂; natural=天然; strawberry=草莓'),
  cranberrysauce: list('jellied=冻状; whole-berry=整果'),
  fruitcups: list(
    'mixed fruit=什锦水果; peach=蜜桃; mandarin orange=橘子; pineapple=菠萝; pear=梨; cherry mixed fruit=樱桃什锦水果; tropical fruit=热带水果; peaches in gelatin=果冻蜜桃; apple sauce=苹果泥; strawberry apple sauce=草莓苹果泥; cinnamon apple sauce=肉桂苹果泥; fruit in light syrup=糖水水果; no-sugar peach=无添加糖蜜桃; mixed melon=什锦蜜瓜',
  ),
  fruitcocktail: list(
    'fruit cocktail=什锦水果罐头; light fruit cocktail=低糖什锦水果罐头; chunky mixed fruit=大块什锦水果罐头; tropical fruit salad=热带水果罐头',
  ),
  mandarin: list(
    'mandarin oranges=橘子罐头; mandarin oranges in light syrup=糖水橘子罐头; grapefruit sections=西柚罐头; citrus salad=柑橘罐头',
  ),
  peaches: list(
    'sliced peaches=桃片罐头; peach halves=对开桃罐头; diced peaches=桃丁罐头; lite sliced peaches=低糖桃片罐头',
  ),
  pears: list(
    'pear halves=对开梨罐头; sliced pears=梨片罐头; lite pear halves=低糖对开梨罐头; diced pears=梨丁罐头',
  ),
  pineapple: list(
    'pineapple chunks=菠萝块罐头; crushed pineapple=菠萝碎罐头; sliced pineapple=菠萝片罐头; pineapple tidbits=菠萝丁罐头; chunks in juice=原汁菠萝块罐头; pineapple slices in syrup=糖水菠萝片罐头; crushed pineapple in juice=原汁菠萝碎罐头',
  ),
  broth: list(
    'chicken=鸡; beef=牛肉; reduced-sodium chicken=低钠鸡; fat-free chicken=脱脂鸡; vegetable=蔬菜; low-sodium beef=低钠牛肉',
  ),
  condensed: list(
    'cream of mushroom=奶油蘑菇; chicken noodle=鸡肉面; tomato=番茄; cream of chicken=奶油鸡肉; vegetable=蔬菜; cream of celery=奶油芹菜; vegetable beef=蔬菜牛肉; chicken & rice=鸡肉米; cream of broccoli=奶油西兰花; cheddar cheese=切达奶酪; bean with bacon=培根豆; minestrone=意式蔬菜; golden mushroom=金黄蘑菇; French onion=法式洋葱; chicken with stars=星星鸡肉面; cream of potato=奶油土豆; broccoli cheese=西兰花奶酪; split pea=豌豆; clam chowder=蛤蜊浓; double noodle=双份面条; nacho cheese=纳乔奶酪; 98% fat-free mushroom=低脂蘑菇; healthy chicken noodle=低钠鸡肉面; alphabet vegetable=字母蔬菜; homestyle chicken noodle=家常鸡肉面; beef noodle=牛肉面; cream of shrimp=奶油虾',
  ),
  drysoup: list('onion=洋葱; noodle=面条; beefy onion=牛肉洋葱; chicken noodle=鸡肉面'),
  ramen: list(
    'chicken=鸡肉味; beef=牛肉味; shrimp=虾味; soy sauce=酱油味; pork=猪肉味; creamy chicken=奶油鸡味; chili=辣椒味; roast chicken=烤鸡味; chicken mushroom=香菇鸡味; Cajun chicken=卡真鸡味; picante beef=香辣牛肉味; lime shrimp=青柠虾味; hot & spicy=香辣味; vegetable=蔬菜味; teriyaki=照烧味; roast beef=烤牛肉味',
  ),
  chunky: list(
    'chicken noodle=鸡肉面; sirloin burger=西冷牛肉; classic chicken noodle=经典鸡肉面; vegetable beef=蔬菜牛肉; New England clam chowder=新英格兰蛤蜊浓; chicken & dumplings=鸡肉面疙瘩; steak & potato=牛排土豆; vegetable=蔬菜; baked potato & bacon=培根烤土豆; beef barley=牛肉大麦; minestrone=意式蔬菜; chicken corn chowder=鸡肉玉米浓; savory pot roast=炖牛肉; grilled chicken & sausage gumbo=鸡肉香肠秋葵; Italian wedding=意式肉丸; chicken & rice=鸡肉米; tomato basil=番茄罗勒; split pea & ham=火腿豌豆; lentil=扁豆; chicken tortilla=鸡肉玉米片; creamy mushroom=奶油蘑菇; beef & vegetables=牛肉什蔬',
  ),
  chili: list(
    'beef & bean=牛肉; hot=劲辣; no-bean=无豆; turkey=火鸡; chunky=大块; vegetarian=素; mild=微辣; con carne=牛肉',
  ),
  mealcups: list(
    'macaroni & beef=牛肉通心粉; spaghetti & meatballs=肉丸意面; chili mac=辣豆通心粉; beef stew=炖牛肉',
  ),
  cannedpasta: list(
    'spaghetti & meatballs=肉丸意面罐头; beef ravioli=牛肉意式饺罐头; spaghetti rings=圈圈意面罐头; macaroni & beef=牛肉通心粉罐头; mini ravioli=迷你意式饺罐头; spaghetti rings & meatballs=肉丸圈圈意面罐头; cheesy macaroni=奶酪通心粉罐头; lasagna=千层面罐头; spaghetti rings & franks=香肠圈圈意面罐头; cheese ravioli=奶酪意式饺罐头; alphabet pasta=字母意面罐头; pasta in beef sauce=牛肉酱意面罐头; overstuffed ravioli=大馅意式饺罐头; twisted pasta & meat=肉酱螺旋面罐头; chili macaroni=辣味通心粉罐头; pepperoni pizza pasta=辣肠披萨意面罐头; dinosaur pasta=恐龙意面罐头; spaghetti in tomato sauce=番茄酱意面罐头',
  ),
  sloppyjoe: list('original=原味; bold=浓味; hickory=山核桃木熏'),
  macaroni: list(
    'elbow macaroni=弯管通心粉; large elbows=大弯管通心粉; rotini=螺旋面; ziti=直管面; small shells=小贝壳面; penne=斜管面',
  ),
  drynoodles: list(
    'wide egg noodles=宽蛋面; extra-wide egg noodles=特宽蛋面; medium egg noodles=中宽蛋面; rotini=螺旋面; penne rigate=斜管面; medium shells=贝壳面; bow ties=蝴蝶面; kluski noodles=波兰蛋面; tri-colour rotini=三色螺旋面; lasagna noodles=千层面皮; whole-wheat penne=全麦斜管面; mostaccioli=胡须管面',
    rotate,
  ),
  spaghetti: list(
    'spaghetti=意大利直面; thin spaghetti=细直面; angel hair=天使细面; linguine=扁面; fettuccine=宽面; vermicelli=极细面; whole-grain spaghetti=全谷物直面; rotini=螺旋面; penne=斜管面; whole-wheat thin spaghetti=全麦细直面',
  ),
  pastasauce: list(
    'traditional=传统; meat=肉末; mushroom=蘑菇; tomato & basil=番茄罗勒; garlic & onion=蒜香洋葱; four cheese=四重奶酪; roasted garlic=烤蒜香; Italian sausage=意式香肠; Alfredo=意式奶油; marinara=那不勒斯番茄; chunky garden=田园大块蔬菜; green pepper & mushroom=青椒蘑菇; tomato & herb=番茄香草; three-cheese=三重奶酪; vodka cream=伏特加奶油; garden combination=田园组合',
  ),
  drybeans: list(
    'pinto beans=花豆; great northern beans=大白豆; navy beans=海军豆; black beans=黑豆',
  ),
  noodleside: list(
    'butter & herb=黄油香草; chicken=鸡汁; Alfredo=奶油; Parmesan=帕玛森; Stroganoff=俄式奶油; beef=牛肉; cheddar broccoli=切达西兰花; butter=黄油; creamy chicken=奶油鸡汁; four cheese=四重奶酪; cheesy bacon=奶酪培根; garlic & oil=蒜油',
  ),
  drypotato: list(
    'scalloped=奶油焗土豆; au gratin=奶酪焗土豆; mashed=土豆泥; cheddar & bacon=切达培根土豆; buttery mashed=黄油土豆泥; four-cheese mashed=四重奶酪土豆泥',
  ),
  instantrice: list('white=白米; brown=糙米; boil-in-bag=袋煮'),
  riceside: list(
    'chicken=鸡汁; Spanish=西班牙; beef=牛肉; cheddar broccoli=切达西兰花; chicken & broccoli=鸡汁西兰花; fried=炒饭风味; mushroom=蘑菇; herb & butter=香草黄油; creamy chicken=奶油鸡汁; Mexican=墨西哥; long-grain & wild=长粒野米; red beans &=红豆; yellow=黄; pilaf-style=抓饭风味',
  ),
  macncheese: list(
    'original=原味; thick & creamy=浓滑; shell-shaped=贝壳; three-cheese=三重; spiral=螺旋; white cheddar=白切达; deluxe=豪华; cartoon-shaped=卡通造型; easy=速食; cheddar=切达; family-size=家庭装',
  ),
  dinnerkit: list('taco=塔可; chicken & pasta=鸡肉意面; beef pasta=牛肉意面'),
  skillet: list(
    'cheeseburger macaroni=芝士汉堡通心粉; beef pasta=牛肉意面; lasagna=千层面; stroganoff=俄式奶油; chili macaroni=辣味通心粉; cheesy Italian=意式奶酪; three-cheese=三重奶酪; potatoes stroganoff=俄式土豆; double cheeseburger=双层芝士汉堡; Philly cheesesteak=费城奶酪牛肉; beef noodle=牛肉面; creamy chicken=奶油鸡肉; tuna pasta=金枪鱼意面; Salisbury=索尔兹伯里',
  ),
  stuffing: list('chicken=鸡汁; cornbread=玉米面包; savory herb=香草; turkey=火鸡; pork=猪肉'),
  bbq: list(
    'original=原味; honey=蜂蜜; hickory=山核桃木熏; sweet & spicy=甜辣; brown sugar=红糖; mesquite=牧豆木熏; hickory brown sugar=熏味红糖',
  ),
  ketchup: list(
    'tomato=经典; squeeze-bottle tomato=挤压瓶; no-salt tomato=无盐; easy-squeeze=倒置瓶; family-size tomato=家庭装; organic tomato=有机',
  ),
  specialmustard: list('spicy brown=辣味褐; Dijon=第戎; honey=蜂蜜'),
  hotsauce: list(
    'Louisiana-style=路易斯安那; wing=鸡翅; cayenne=卡宴; buffalo wing=水牛城鸡翅; green pepper=青椒',
  ),
  steaksauce: list(
    'Worcestershire=伍斯特酱; steak=牛排酱; marinade=腌肉酱; teriyaki=照烧酱; garlic steak=蒜香牛排酱',
  ),
  vinegar: list('white=白; apple cider=苹果; distilled white=蒸馏白; malt=麦芽'),
  dressing: list(
    'ranch=牧场; Italian=意式; thousand island=千岛; Caesar=凯撒; French=法式; red French=红法式; blue cheese=蓝纹奶酪; buttermilk ranch=酪乳牧场; honey mustard=蜂蜜芥末; fat-free ranch=脱脂牧场; zesty Italian=浓味意式; balsamic=黑醋; light ranch=低脂牧场; poppy seed=罂粟籽; bacon ranch=培根牧场',
  ),
  sandwichsauce: list('tartar=塔塔; horseradish=辣根; chili=辣味'),
  mayo: list(
    'real mayonnaise=蛋黄酱; whipped salad dressing=沙拉酱; light mayonnaise=低脂蛋黄酱; squeeze mayonnaise=挤压装蛋黄酱; light salad dressing=低脂沙拉酱; mayonnaise with olive oil=橄榄油蛋黄酱; fat-free salad dressing=脱脂沙拉酱; reduced-fat mayonnaise=减脂蛋黄酱; sandwich spread=三明治酱',
  ),
  pickledpeppers: list(
    'banana pepper rings=香蕉椒圈; pepperoncini=意式小尖椒; jalapeño slices=墨西哥辣椒片; cherry peppers=樱桃椒',
  ),
  relish: list('sweet=甜; dill=莳萝; hot dog=热狗'),
  olives: list('sliced=切片; pitted=去核; chopped=切碎; jumbo pitted=大粒去核'),
  gravy: list(
    'turkey=火鸡; beef=牛肉; chicken=鸡肉; country sausage=乡村香肠; mushroom=蘑菇; pork=猪肉',
  ),
  gravymix: list(
    'brown gravy=褐色肉汁; chili seasoning=辣豆; country gravy=乡村肉汁; turkey gravy=火鸡肉汁; beef stew seasoning=炖牛肉; chicken gravy=鸡肉肉汁; meat loaf seasoning=肉糕; spaghetti sauce=意面酱; sloppy joe seasoning=牛肉末三明治; pork gravy=猪肉肉汁; hollandaise sauce=荷兰酱',
  ),
  refried: list('traditional=传统; fat-free=脱脂; vegetarian=素; spicy=辣味'),
  mexicandinner: list(
    'enchilada sauce=墨西哥卷酱; taco dinner kit=塔可套装; tamales=墨西哥粽; soft taco kit=软塔可套装; Spanish rice mix=西班牙饭料',
  ),
  salsa: list(
    'medium chunky=中辣大块; mild chunky=微辣大块; hot chunky=特辣大块; medium picante=中辣; mild picante=微辣; taco-style=塔可; black bean & corn=黑豆玉米; thin restaurant-style=餐厅风味',
  ),
  tacoseasoning: list(
    'taco=塔可; fajita=法士达; chili=辣豆; mild taco=微辣塔可; hot taco=特辣塔可; enchilada=墨西哥卷; guacamole=牛油果酱; burrito=卷饼; low-sodium taco=低钠塔可',
  ),
  tacoshells: list('crunchy=原味; white corn=白玉米; stand-up=立式'),
  spices: list(
    'black pepper=黑胡椒; garlic powder=蒜粉; chili powder=辣椒粉; garlic salt=蒜盐; ground cinnamon=肉桂粉; onion powder=洋葱粉; parsley flakes=欧芹碎; Italian seasoning=意式香料; seasoned salt=调味盐; oregano=牛至; paprika=红椒粉; crushed red pepper=辣椒碎',
  ),
  salt: list('table=食用; iodised=加碘; sea=海; kosher=犹太粗'),
  bakingnuts: list('walnuts=核桃; pecans=碧根果; almonds=杏仁'),
  bakingpowder: list('soda=小苏打; powder=泡打粉; soda, fridge box=小苏打除味装'),
  morsels: list('semi-sweet chocolate=半甜巧克力; milk chocolate=牛奶巧克力; peanut butter=花生酱'),
  breadings: list(
    'Italian bread crumbs=意式面包糠; seasoned coating mix=调味裹粉; plain bread crumbs=原味面包糠; shake-on chicken coating=鸡肉裹粉; panko-style crumbs=日式面包糠; seasoned bread crumbs=调味面包糠',
  ),
  marshmallows: list(
    'large=大颗; mini=迷你; jumbo=特大; coloured mini=彩色迷你; fruit-flavoured=水果味',
  ),
  piefilling: list('cherry=樱桃; apple=苹果; blueberry=蓝莓; peach=蜜桃'),
  browniemix: list('fudge=软糖; chocolate chunk=大块巧克力; dark chocolate=黑巧克力; walnut=核桃'),
  frosting: list(
    'vanilla=香草; chocolate=巧克力; cream cheese=奶油奶酪; milk chocolate=牛奶巧克力; buttercream=奶油霜; white=白; whipped chocolate=搅打巧克力; strawberry=草莓; lemon=柠檬; dark chocolate=黑巧克力',
  ),
  cakemix: list(
    'yellow=黄; devil’s food=魔鬼巧克力; white=白; chocolate fudge=巧克力软糖; angel food=天使; lemon=柠檬; strawberry=草莓; German chocolate=德式巧克力; butter recipe=黄油; French vanilla=法式香草; confetti=彩糖; spice=香料; cherry chip=樱桃粒; carrot=胡萝卜',
  ),
  muffinmix: list(
    'corn muffin=玉米玛芬; blueberry muffin=蓝莓玛芬; cornbread=玉米面包; apple cinnamon muffin=苹果肉桂玛芬; banana nut muffin=香蕉核桃玛芬',
  ),
  sugar: list(
    'granulated=白砂糖; powdered=糖粉; light brown=浅红糖; dark brown=深红糖; pure cane=纯蔗糖; extra-fine=特细糖; confectioners’=糖霜粉; raw cane=原蔗糖',
  ),
  sweeteners: list(
    'no-calorie sweetener packets=零卡代糖小包; granulated sweetener=颗粒代糖; sweetener, baking bag=烘焙代糖',
  ),
  flour: list(
    'all-purpose=中筋; self-rising=自发; bleached all-purpose=精制中筋; bread=高筋; unbleached=未漂白; whole-wheat=全麦',
  ),
  cookingspray: list('original=原味; butter-flavour=黄油味; olive oil=橄榄油; canola=芥花油'),
  shortening: list('all-vegetable=植物; butter-flavour=黄油味'),
  gelatin: list(
    'strawberry gelatin=草莓果冻; chocolate pudding=巧克力布丁; vanilla pudding=香草布丁; orange gelatin=香橙果冻; sugar-free gelatin=无糖果冻; cherry gelatin=樱桃果冻; chocolate fudge pudding=巧克力软糖布丁; butterscotch pudding=奶油糖布丁; tapioca pudding=木薯布丁; lime gelatin=青柠果冻; banana pudding=香蕉布丁; fat-free chocolate pudding=脱脂巧克力布丁',
    rotate,
  ),

  // snacks
  cheesesnacks: list(
    'crunchy cheese curls=脆奶酪条; cheese puffs=奶酪泡芙; hot cheese curls=辣味奶酪条; cheese balls=奶酪球; jalapeño cheese curls=墨西哥辣椒奶酪条; baked cheese puffs=烘烤奶酪泡芙; white cheddar puffs=白切达泡芙',
  ),
  poppedcorn: list('white cheddar=白切达; butter=黄油; caramel=焦糖; kettle=甜咸'),
  cornchips: list(
    'original=原味; chili cheese=辣奶酪; scoop-shaped=勺形; barbecue=烧烤; honey barbecue=蜂蜜烧烤; twisted=螺旋; jalapeño cheddar=辣椒切达; spicy=香辣; king-size=大片',
  ),
  jardips: list(
    'salsa con queso dip=奶酪莎莎蘸酱; bean dip=豆泥蘸酱; French onion dip, jar=罐装法式洋葱蘸酱; chunky salsa, jar=罐装大块莎莎酱; jalapeño cheese dip=辣椒奶酪蘸酱; mild cheddar dip=淡味切达蘸酱; hot bean dip=辣味豆泥蘸酱',
  ),
  miscsnacks: list(
    'multigrain chips=多谷物脆片; harvest cheddar grain chips=切达多谷物脆片; onion rings=洋葱圈脆; pork rinds=炸猪皮; French onion grain chips=洋葱多谷物脆片; veggie straws=蔬菜条; hot pork rinds=辣味炸猪皮',
  ),
  potatochips: list(
    'classic=经典; sour cream & onion=酸奶油洋葱; barbecue=烧烤; ruffled=波纹; cheddar & sour cream=切达酸奶油; salt & vinegar=盐醋; kettle-cooked=釜煮; ruffled cheddar=波纹切达; ruffled sour cream & onion=波纹酸奶油洋葱; baked=烘烤; hot & spicy=香辣; ranch=牧场; lightly salted=淡盐; dill pickle=莳萝酸黄瓜; kettle jalapeño=釜煮墨西哥辣椒; honey barbecue=蜂蜜烧烤; wavy=大波纹; baked barbecue=烘烤烧烤; lime=青柠; loaded bacon=浓郁培根; kettle sea salt=釜煮海盐; mesquite barbecue=烟熏烧烤; reduced-fat=减脂; sweet onion=甜洋葱',
    { styles: '=; family size=家庭装' },
  ),
  pretzels: list(
    'mini twist=迷你扭结; stick=棒状; rod=粗棒; sourdough=酸种; tiny twist=小扭结; honey wheat=蜂蜜小麦; thin=薄片; butter=黄油; braided honey=蜂蜜麻花; fat-free=脱脂',
  ),
  snackbags: list(
    'nacho cheese tortilla chips=纳乔奶酪玉米片; classic potato chips=经典薯片; crunchy cheese curls=脆奶酪条; barbecue potato chips=烧烤薯片; ranch tortilla chips=牧场玉米片; sour cream & onion chips=酸奶油洋葱薯片; hot cheese curls=辣味奶酪条; corn chips=玉米脆条; cheese puffs=奶酪泡芙; ruffled cheddar chips=波纹切达薯片; chili cheese corn chips=辣奶酪玉米脆条; salt & vinegar chips=盐醋薯片; spicy tortilla chips=香辣玉米片; pork rinds=炸猪皮; onion rings=洋葱圈脆; ruffled potato chips=波纹薯片; hot potato chips=香辣薯片; mini pretzels=迷你椒盐卷饼',
  ),
  tortillachips: list(
    'nacho cheese=纳乔奶酪; thin restaurant-style=餐厅风味; ranch=牧场; scoop-shaped=勺形; white corn=白玉米; spicy nacho=香辣纳乔; lime=青柠; multigrain=多谷物; salsa verde=绿莎莎; yellow corn rounds=圆形黄玉米; blazing hot=劲辣; baked=烘烤; bite-size=一口装; toasted corn=烤玉米; taco-flavour=塔可风味; cheddar jack=切达杰克; thin & crispy=薄脆',
  ),
  canister: list(
    'original=原味; sour cream & onion=酸奶油洋葱; cheddar=切达; barbecue=烧烤; salt & vinegar=盐醋; pizza=披萨; ranch=牧场; reduced-fat original=减脂原味; jalapeño=墨西哥辣椒; loaded baked potato=培根烤土豆; white cheddar=白切达; chili cheese=辣奶酪',
  ),
  crispsnacks: list(
    'cheddar corn snacks=切达玉米脆; pizza corn snacks=披萨玉米脆; hot corn sticks=香辣脆条',
  ),
  buttercrackers: list('original=原味; whole-wheat=全麦; reduced-fat=减脂; garlic=蒜香'),
  cheesecrackers: list(
    'original=原味; fish-shaped=小鱼形; white cheddar=白切达; reduced-fat=减脂; parmesan=帕玛森; hot & spicy=香辣; whole-grain=全谷物; pizza=披萨; cheddar jack=切达杰克; twisted=双味; big=大片',
  ),
  croutons: list('Caesar=凯撒; cheese & garlic=奶酪蒜香; Italian=意式; ranch=牧场; seasoned=调味'),
  snackcrackers: list(
    'woven wheat=编织小麦; thin wheat=薄小麦; vegetable=蔬菜; reduced-fat wheat=减脂小麦; rosemary & olive oil=迷迭香橄榄油; toasted sesame=烤芝麻; garden herb=田园香草; chicken-flavour=鸡味',
  ),
  saltines: list(
    'saltine crackers=苏打饼干; unsalted-top saltines=无盐面苏打饼干; oyster crackers=牡蛎小饼干; whole-wheat saltines=全麦苏打饼干; fat-free saltines=脱脂苏打饼干; large saltines=大片苏打饼干',
  ),
  cones: list('sugar=甜; cake=蛋糕; waffle=华夫'),
  graham: list('honey=蜂蜜; cinnamon=肉桂; original=原味'),
  sandwichcookies: list(
    'chocolate=巧克力; double-filled chocolate=双倍夹心巧克力; golden vanilla=金黄香草; peanut butter=花生酱; mint chocolate=薄荷巧克力; duplex=双色',
  ),
  thincookies: list('chocolate=巧克力; shortbread=黄油; cinnamon=肉桂'),
  cookies: list(
    'chocolate chip=巧克力豆; chewy chocolate chip=软巧克力豆; oatmeal=燕麦; chunky chocolate=大块巧克力; fudge stripe=巧克力条纹; iced oatmeal=糖霜燕麦; sugar=糖霜; peanut butter=花生酱; pecan shortbread=碧根果酥饼; fig=无花果夹心',
  ),
  wafers: list(
    'vanilla wafers=香草薄饼; animal crackers=动物饼干; shortbread cookies=黄油酥饼; mini chocolate chip cookies=迷你巧克力豆曲奇',
  ),
  candybars: list(
    'peanut butter cups=花生酱巧克力杯; caramel peanut bar=焦糖花生巧克力; milk chocolate bar=牛奶巧克力; crisp wafer bar=威化巧克力; caramel nougat bar=焦糖牛轧巧克力; almond chocolate bar=杏仁巧克力; candy-coated chocolates=彩衣巧克力豆; caramel cookie bar=焦糖饼干巧克力; dark chocolate bar=黑巧克力; coconut bar=椰子巧克力; candy-coated peanut chocolates=花生彩衣巧克力豆; crispy rice chocolate=脆米巧克力; hazelnut chocolate=榛子巧克力; cookies & cream bar=饼干奶油巧克力; mint patty=薄荷夹心巧克力; nougat bar=牛轧巧克力; toffee bar=太妃糖巧克力; peanut chocolate bar=花生巧克力; white chocolate bar=白巧克力; caramel-filled chocolate=焦糖夹心巧克力; raisin chocolate=葡萄干巧克力; mint chocolate bar=薄荷巧克力; chocolate caramels=巧克力焦糖球',
    { rotate: true, styles: '=; king size=加大; twin pack=双条' },
  ),
  candymulti: list(
    'peanut butter cups=花生酱巧克力杯; caramel peanut bars=焦糖花生巧克力; milk chocolate bars=牛奶巧克力; candy-coated chocolates=彩衣巧克力豆; almond chocolate bars=杏仁巧克力; nougat bars=牛轧巧克力; cookies & cream bars=饼干奶油巧克力; mint patties=薄荷夹心巧克力; dark chocolate bars=黑巧克力; coconut bars=椰子巧克力',
    rotate,
  ),
  wafermulti: list(
    'crisp wafer bars=威化巧克力; caramel cookie bars=焦糖饼干巧克力; toffee bars=太妃糖巧克力',
  ),
  gum: list(gumFlavours, rotate),
  mints: list(
    'peppermint=清凉; wintergreen=冬青; cinnamon=肉桂; spearmint=留兰香; fruit=水果; cool=强劲',
  ),
  misccandy: list('gummy bears=小熊软糖; fruit chews=水果软糖; caramel creams=奶油焦糖'),
  chocbags: list('miniature chocolates=迷你巧克力; candy-coated chocolates=彩衣巧克力豆'),
  candybags: list('peppermint starlights=薄荷星糖; orange slices=橙味软糖; gummy worms=虫虫软糖'),
  cannuts: list('salted cashews=咸腰果; mixed nuts=什锦坚果; honey-roasted peanuts=蜂蜜烤花生'),
  fruitsnacks: list(
    'mixed=什锦; strawberry=草莓; cartoon-shaped=卡通造型; berry=莓果; tropical=热带; cherry=樱桃; rainbow=彩虹; grape=葡萄',
  ),

  // drinks
  soda: list(soda, { rotate: 3, styles: '=; less sugar=少糖款; new recipe=新配方' }),
  seltzer: list('lemon-lime=柠檬青柠; mandarin orange=橘子; raspberry=树莓; black cherry=黑樱桃'),
  mixers: list('ginger ale=姜汁汽水; tonic water=汤力水; club soda=苏打水'),
  stilldrinks: list(
    'lemonade=柠檬水; sweet iced tea=甜冰茶; fruit punch=果味潘趣; pink lemonade=粉红柠檬水; lemon iced tea=柠檬冰茶; raspberry iced tea=树莓冰茶',
  ),
  icedtea: list('lemon iced tea=柠檬冰茶; sweet iced tea=甜冰茶'),
  energy: list('original=原味; sugar-free=无糖'),
  flavouredwater: list(
    'strawberry=草莓; lemon=柠檬; berry=莓果; raspberry=树莓; peach=蜜桃; grape=葡萄',
  ),
  drinkingwater: list(
    'purified=纯净; drinking=饮用; bottled=瓶装; mineral=矿泉; refill-jug=大桶装',
  ),
  springwater: list(
    'natural=天然; mountain=山; pure=纯净; sport-cap=运动瓶盖; family pack=家庭装; half-litre=小瓶',
  ),
  vitaminwater: list(
    'berry=莓果; lemon=柠檬; orange=橙子; tropical=热带; fruit punch=果味潘趣; dragonfruit=火龙果; acai=巴西莓; kiwi strawberry=奇异果草莓',
  ),
  sports: list(
    'fruit punch=果味潘趣; lemon-lime=柠檬青柠; orange=橙味; cool blue=清凉蓝莓; grape=葡萄; white grape=白葡萄; berry=莓果; strawberry lemonade=草莓柠檬; blueberry=蓝莓; tropical=热带; mango=芒果; green apple=青苹果; melon=蜜瓜; watermelon=西瓜; raspberry=树莓; citrus=柑橘; cherry=樱桃; low-calorie grape=低卡葡萄',
  ),
  oj: list(
    '=; some-pulp=少果肉; calcium-rich=高钙; no-pulp=无果肉; high-pulp=多果肉; not-from-concentrate=非浓缩; low-acid=低酸; vitamin-rich=维生素强化; light=低糖; orange-tangerine=橘味; orange-pineapple=菠萝; omega-3=欧米伽3',
    { styles: '=; large carton=大盒; fresh-squeezed style=鲜榨风味', perSize: true },
  ),
  otherjuice: list('apple=苹果; grapefruit=西柚; grape=葡萄; pineapple=菠萝'),
  citruspunch: list('tangy orange=香橙; smooth=柔和; mango=芒果; tropical=热带'),
  fruitdrink: list(
    'orange=橙味; mixed=混合水果; grape=葡萄; lemon=柠檬; blue raspberry=蓝树莓; cherry=樱桃; tropical=热带',
  ),
  juicedrinks: list(
    'lemonade=柠檬水; fruit punch=果味潘趣; pink lemonade=粉红柠檬水; raspberry lemonade=树莓柠檬水; berry punch=莓果潘趣; limeade=青柠水; strawberry kiwi drink=草莓奇异果饮料; tropical punch=热带潘趣; light lemonade=低糖柠檬水; mango drink=芒果饮料; orange drink=橙味饮料',
  ),
  applejuice: list(
    '=; natural=天然; vitamin-rich=维生素强化; unsweetened=无糖; apple cider-style=苹果酒风味',
  ),
  juicebox: list(
    'fruit punch=混合水果; apple=苹果; berry=莓果; wild cherry=野樱桃; strawberry kiwi=草莓奇异果; orange=橙味; grape=葡萄; tropical=热带; lemonade=柠檬; mixed citrus=什锦柑橘; cherry limeade=樱桃青柠; watermelon=西瓜; strawberry banana=草莓香蕉; blue raspberry=蓝树莓',
  ),
  blendlow: list('berry=莓果; tropical=热带'),
  blendhigh: list(
    'berry blend=什锦莓果; apple-grape=苹果葡萄; white grape peach=白葡萄蜜桃; fruit medley=什锦水果; cherry blend=樱桃; tropical blend=热带; kiwi strawberry=奇异果草莓',
  ),
  crangrape: list(
    'cranberry-grape=蔓越莓葡萄; cranberry-apple=蔓越莓苹果; cranberry-raspberry=蔓越莓树莓',
  ),
  cranberryjuice: list('=; light=低糖; white=白; diet=零糖'),
  fruitpunch: list(
    'fruit punch=果味潘趣; berry punch=莓果潘趣; green berry punch=青莓潘趣; orange punch=橙味潘趣',
  ),
  grapejuice: list('=; white=白; light=低糖; red=红'),
  vegjuice: list('original=原味; spicy=辣味; low-sodium=低钠; fruit &=水果'),
  drinkmix: list(
    'cherry=樱桃; fruit punch=混合水果; lemonade=柠檬; grape=葡萄; orange=橙味; strawberry=草莓; tropical punch=热带; pink lemonade=粉红柠檬; black cherry=黑樱桃; lemon-lime=柠檬青柠; watermelon=西瓜; blue raspberry=蓝树莓; kiwi strawberry=奇异果草莓; peach=蜜桃; raspberry=树莓; green apple=青苹果; mango=芒果; iced tea=冰茶',
  ),
  coffee: list(
    'classic roast=经典烘焙; medium roast=中度烘焙; breakfast blend=早餐; dark roast=深度烘焙; French roast=法式烘焙; decaf=低因; half-caff=半低因; 100% Colombian=纯哥伦比亚',
  ),
  drycreamer: list(
    'original=原味; French vanilla=法式香草; hazelnut=榛子; fat-free=脱脂; lite=低脂; vanilla caramel=香草焦糖',
  ),
  cocoa: list('milk chocolate=牛奶巧克力; marshmallow=棉花糖'),
  chocsyrup: list(
    'chocolate syrup=巧克力糖浆; chocolate drink powder=巧克力冲饮粉; strawberry syrup=草莓糖浆; malted milk powder=麦芽奶粉',
  ),
  beer: list(
    'light lager=淡爽拉格; lager=拉格; pale lager=淡色拉格; ice lager=冰拉格; pilsner=皮尔森; amber ale=琥珀艾尔; low-carb lager=低碳水拉格; golden lager=金色拉格; wheat beer=小麦啤酒; premium light lager=优质淡爽拉格; malt liquor=麦芽烈啤; dark lager=黑拉格; lime lager=青柠拉格; pale ale=淡色艾尔; draft lager=生啤拉格; red ale=红艾尔; stout=世涛',
    { styles: '=; cans=罐装; bottles=瓶装' },
  ),

  // household, baby, pet, gifts
  softener: list('fresh linen=清新亚麻; mountain spring=山泉'),
  laundry: list(
    'original=经典; fresh scent=清新; colour-safe=护色; free & clear=无香; spring=春日花香; lavender=薰衣草; mountain=山泉; double-strength=双倍浓缩',
  ),
  bleach: list('regular=普通; lemon=柠檬; fresh=清新; splash-free=防溅; lavender=薰衣草'),
  dishscent: list(
    'original=经典; lemon=柠檬; green apple=青苹果; antibacterial orange=抗菌香橙; lavender=薰衣草; ocean=海洋',
  ),
  toiletpaper: list(
    'soft=柔软; ultra soft=特柔; ultra strong=特韧; double-roll=双倍卷; one-ply=单层; septic-safe=易溶; aloe=芦荟; big-roll=大卷',
  ),
  papertowels: list(
    'white=白色; select-a-size=自选尺寸; printed=印花; big-roll=大卷; strong=强韧; single-roll=单卷; economy=经济; absorbent=强吸水; giant-roll=特大卷',
    { styles: '=; value pack=实惠装' },
  ),
  tissues: list(
    'soft=柔软; lotion=乳霜; cube-box=方盒; family-box=家庭盒; three-ply=三层; everyday=日常; pocket=便携; printed=印花',
  ),
  napkins: list('everyday=日常; white=白色; dinner=晚餐; printed=印花'),
  foil: list('standard=标准; heavy-duty=加厚; extra-wide=加宽; nonstick=不粘'),
  storagebags: list('zipper=拉链; slider=滑锁; quart=夸脱; gallon=加仑'),
  binbags: list(
    'drawstring=抽绳; tall=高身; flap-tie=系带; twist-tie=扎带; scented=香味; strong=强韧; small=小号; compactor=压缩',
  ),
  sandwichbags: list('zipper=拉链; fold-top=翻盖; value-pack=实惠装; snack-size=小号'),
  waxpaper: list('wax=蜡纸; parchment=烘焙纸; freezer=冷冻包装纸'),
  designplates: list(
    'floral=花卉; printed=印花; dinner=晚餐; dessert=甜点; heavy-duty printed=加厚印花; holiday=节日',
  ),
  foamplates: list('dinner=晚餐; everyday=日常; compartment=分格; dessert=甜点'),
  plasticcups: list('red party=红色派对; clear=透明; party=派对'),
  cutlery: list(
    'plastic forks=塑料叉; plastic spoons=塑料勺; assorted plastic cutlery=什锦塑料餐具; plastic knives=塑料刀; drinking straws=吸管; toothpicks=牙签; heavy-duty forks=加厚塑料叉; flexible straws=弯头吸管; plastic tablecloth=塑料桌布; cutlery, party pack=塑料餐具派对装',
  ),
  batteries: list('AA=五号; AAA=七号; 9-volt=九伏; C=二号'),
  bulbs: list('60-watt=60瓦; 100-watt=100瓦; 75-watt=75瓦; 40-watt=40瓦'),
  filters: list('basket=篮式; cone=锥形; 8–12 cup=8–12杯; unbleached=本色'),
  toothpaste: list('fluoride=含氟; whitening=美白; cavity-protection=防蛀; fresh mint=清新薄荷'),
  firstaid: list('rubbing alcohol=外用酒精; hydrogen peroxide=双氧水'),
  babyfood: list(
    'banana=香蕉; sweet potato=红薯; apple=苹果; carrot=胡萝卜; pear=梨; peach=蜜桃; green bean=四季豆; pea=青豆; squash=南瓜; apple-banana=苹果香蕉; prune=西梅; mixed vegetable=什锦蔬菜; apple-blueberry=苹果蓝莓; chicken & noodle=鸡肉面; turkey & rice=火鸡米饭; oatmeal & apple=燕麦苹果; mango=芒果; corn=玉米; banana-mixed berry=香蕉莓果; pear-pineapple=梨菠萝',
  ),
  diapers: list('size 4=4号; size 3=3号; size 5=5号; size 2=2号; size 6=6号'),
  catfood: list(
    'seafood=海鲜; chicken=鸡肉; tuna=金枪鱼; beef & gravy=肉汁牛肉; ocean whitefish=海洋白鱼; turkey & giblets=火鸡内脏; mixed grill=什锦烤肉; salmon=三文鱼; sliced chicken=鸡肉片; liver & chicken=鸡肝鸡肉; poultry platter=禽肉拼盘; cod & shrimp=鳕鱼虾; savory beef=香浓牛肉; tuna & egg=金枪鱼鸡蛋; turkey dinner=火鸡大餐; sardine=沙丁鱼; lamb=羊肉; veal=小牛肉',
  ),
  litter: list('clay=膨润土; scented=香味; unscented=无香'),
  scooplitter: list('multi-cat=多猫家庭; scented=香味'),
  dogfood: list(
    'chopped beef=牛肉粒; chicken & rice=鸡肉米饭; liver & beef=肝脏牛肉; bacon & cheese=培根奶酪; choice cuts=精选肉块; lamb & rice=羊肉米饭; turkey=火鸡; beef stew=炖牛肉; meaty medley=什锦肉',
  ),
  cards: list(
    'birthday=生日; thank-you=感谢; anniversary=纪念日; get-well=慰问; wedding=婚礼; new baby=新生儿; friendship=友谊; blank=空白; sympathy=吊唁',
  ),
  seasoncards: list('Christmas=圣诞; Valentine’s=情人节; Mother’s Day=母亲节'),
  lifestyle: list('lifestyle=生活; home & garden=家居园艺'),
  tabloids: list('celebrity=名人; weekly news=一周新闻'),
  tvmagazine: list(
    'TV listings=电视; movie=电影; entertainment weekly=娱乐周刊; soap opera=肥皂剧; music=音乐; star news=明星; crossword=填字; puzzle=益智; TV & film=影视',
    rotate,
  ),
  womens: list('women’s weekly=女性周刊; family living=家庭生活; cooking=烹饪', rotate),
};
