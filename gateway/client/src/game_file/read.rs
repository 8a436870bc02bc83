//! From what is written to a sound table: every bound that the engine holds a game to, and what people get wrong.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use protocol::GAME_NUMBERS_MAX;
use protocol::command::{
    AMOUNT_MAX, COMMAND_BYTES_MAX, GAME_GROUPS_MAX, GAME_PLAYS_MAX, GameDefine, Header, LENGTH_MAX,
    LINES_BY_ORDERS, Matching, PLAY_PRIZES_MAX, Play, PlayTable, Prize, RESULTS_MAX, ROUNDING_UNIT_MAX,
    Rounding, TIERS_MAX,
};
use toml::Spanned;

use super::raw::{Node, RawGame, RawPlay, RawRounding};
use super::{Checked, GameFault, GameFile, level_names, matching_name, positions_text, values, wrong};

/// Decimals of amounts unless the file says otherwise.
const DECIMALS: u8 = 2;
/// Most decimals of an amount.
const DECIMALS_MAX: i64 = 4;

const MATCHINGS: [Matching; 5] =
    [Matching::Exact, Matching::AnyOrder, Matching::Positional, Matching::ExactOrAny, Matching::Trailing];

pub(super) fn game(raw: &RawGame) -> Checked<GameFile> {
    let name = named("the game", &raw.name)?;
    let game = within("game", &raw.game, 1..=i64::MAX)?;
    let version: u16 = within("version", &raw.version, 1..=u16::MAX.into())?;
    let symbols: u8 = within("symbols", &raw.symbols, 2..=100)?;
    let length: u8 = within("length", &raw.length, 1..=LENGTH_MAX as i64)?;
    if u32::from(symbols).pow(length.into()) > GAME_NUMBERS_MAX {
        let fault = GameFault::NumbersTooMany { symbols, length, most: GAME_NUMBERS_MAX };
        return wrong(raw.symbols.span(), fault);
    }
    let first_symbol = raw.first_symbol.as_ref().map_or(Ok(0), |at| within("first_symbol", at, 0..=99))?;
    let decimals =
        raw.decimals.as_ref().map_or(Ok(DECIMALS), |at| within("decimals", at, 0..=DECIMALS_MAX))?;
    let (tier, tier_names) = tiers(raw)?;
    let (rounding, rounding_unit) = raw
        .rounding
        .as_ref()
        .map_or(Ok((Rounding::Down, 1)), |rounding| self::rounding(rounding, decimals))?;
    let (stake_min, stake_max) = stakes(raw, decimals)?;
    let (tax_over, tax_ppm) = tax(raw, decimals)?;
    let define = GameDefine {
        version: version.into(),
        symbols,
        length,
        results: tier.iter().filter(|tier| **tier > 0).count() as u8,
        rounding: rounding as u8,
        reserved: 0.into(),
        stake_min: stake_min.into(),
        stake_max: stake_max.into(),
        rounding_unit: rounding_unit.into(),
        tax_over: tax_over.into(),
        tax_ppm: tax_ppm.into(),
        reserved2: 0.into(),
        tier,
    };
    let shape = Shape { symbols, length, tiers: &tier_names };
    let (plays, play_names) = plays(&shape, &raw.play)?;
    Ok(GameFile { name, game, define, plays, play_names, tier_names, first_symbol, decimals })
}

/// What plays are held to.
struct Shape<'a> {
    symbols: u8,
    length: u8,
    tiers: &'a [String],
}

fn within<T: TryFrom<i64>>(
    field: &'static str,
    value: &Spanned<i64>,
    range: RangeInclusive<i64>,
) -> Checked<T> {
    let found = *value.as_ref();
    let (least, most) = (*range.start(), *range.end());
    let fault = GameFault::Outside { field, found, least, most };
    match T::try_from(found) {
        Ok(value) if range.contains(&found) => Ok(value),
        _ => wrong(value.span(), fault),
    }
}

fn named(what: &'static str, name: &Spanned<String>) -> Checked<String> {
    let text = name.as_ref();
    if text.is_empty() || text.trim() != text {
        return wrong(name.span(), GameFault::NameBlank { what });
    }
    Ok(text.clone())
}

/// An amount within bounds, which are told as amounts are written.
fn amount(
    field: &'static str,
    text: &Spanned<String>,
    decimals: u8,
    range: RangeInclusive<i64>,
) -> Checked<i64> {
    let value =
        values::amount(text.as_ref(), decimals).map_err(|fault| super::Placed { at: text.span(), fault })?;
    if range.contains(&value) {
        return Ok(value);
    }
    let [least, most] = [*range.start(), *range.end()].map(|bound| values::amount_text(bound, decimals));
    wrong(text.span(), GameFault::AmountOutside { field, found: text.as_ref().clone(), least, most })
}

fn stakes(raw: &RawGame, decimals: u8) -> Checked<(i64, i64)> {
    let (min, max) = (&raw.stake.min, &raw.stake.max);
    let stake_min = amount("the least stake", min, decimals, 1..=AMOUNT_MAX)?;
    let stake_max = amount("the highest stake", max, decimals, 1..=AMOUNT_MAX)?;
    if stake_min > stake_max {
        let (min, max) = (min.as_ref().clone(), max.as_ref().clone());
        return wrong(raw.stake.min.span(), GameFault::StakesCrossed { min, max });
    }
    Ok((stake_min, stake_max))
}

fn rounding(raw: &RawRounding, decimals: u8) -> Checked<(Rounding, i64)> {
    let mode = match raw.mode.as_ref().as_str() {
        "down" => Rounding::Down,
        "up" => Rounding::Up,
        "half-up" => Rounding::HalfUp,
        found => return wrong(raw.mode.span(), GameFault::RoundingUnknown { found: found.to_owned() }),
    };
    Ok((mode, amount("the unit of rounding", &raw.unit, decimals, 1..=ROUNDING_UNIT_MAX)?))
}

fn tax(raw: &RawGame, decimals: u8) -> Checked<(i64, u32)> {
    let Some(tax) = &raw.tax else { return Ok((0, 0)) };
    let over = amount("the amount that is not taxed", &tax.over, decimals, 0..=i64::MAX)?;
    let at = tax.percent.span();
    let ppm = values::percent(&tax.percent.as_ref().0).map_err(|fault| super::Placed { at, fault })?;
    Ok((over, ppm))
}

/// The tier of each winning number, numbered as they first appear, and what they are called.
fn tiers(raw: &RawGame) -> Checked<([u8; RESULTS_MAX], Vec<String>)> {
    let mut tier = [0; RESULTS_MAX];
    let mut names: Vec<String> = Vec::new();
    let Some(results) = &raw.results else {
        tier[0] = 1;
        return Ok((tier, vec!["first".to_owned()]));
    };
    let mut count = 0;
    for entry in results.as_ref() {
        let text = entry.as_ref();
        let (times, name) = match text.split_once(' ') {
            Some((times, name)) => (values::whole(times), name),
            None => (Some(1), text.as_str()),
        };
        let is_name =
            name.chars().next().is_some_and(char::is_alphabetic) && !name.contains(char::is_whitespace);
        let Some(times) = times.filter(|&times| is_name && times > 0) else {
            return wrong(entry.span(), GameFault::ResultWrong { found: text.clone() });
        };
        let times = usize::try_from(times).unwrap_or(usize::MAX);
        let found = times.saturating_add(count);
        if found > RESULTS_MAX {
            return wrong(entry.span(), GameFault::ResultsTooMany { found, most: RESULTS_MAX });
        }
        let place = names.iter().position(|known| known == name).unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        });
        if place >= TIERS_MAX {
            let fault = GameFault::TiersTooMany { name: name.to_owned(), most: TIERS_MAX };
            return wrong(entry.span(), fault);
        }
        tier[count..found].fill(place as u8 + 1);
        count = found;
    }
    if count == 0 {
        return wrong(results.span(), GameFault::ResultsNone);
    }
    Ok((tier, names))
}

fn plays(shape: &Shape<'_>, raw: &[Spanned<RawPlay>]) -> Checked<(Vec<PlayTable>, Vec<String>)> {
    if raw.is_empty() {
        return wrong(0..0, GameFault::PlaysNone);
    }
    if let Some(play) = raw.get(GAME_PLAYS_MAX) {
        return wrong(play.span(), GameFault::PlaysTooMany { most: GAME_PLAYS_MAX });
    }
    let mut by_code: BTreeMap<u8, (PlayTable, String, &RawPlay)> = BTreeMap::new();
    for play in raw.iter().map(Spanned::as_ref) {
        let name = named("a play", &play.name)?;
        if by_code.values().any(|(_, other, _)| *other == name) {
            return wrong(play.name.span(), GameFault::NameTwice { name });
        }
        let code = within("code", &play.code, 1..=u8::MAX.into())?;
        if let Some((_, other, _)) = by_code.get(&code) {
            return wrong(play.code.span(), GameFault::CodeTwice { code, other: other.clone() });
        }
        by_code.insert(code, (shape.play(code, play)?, name, play));
    }
    let mut taken: Vec<u8> = Vec::new();
    for (table, _, play) in by_code.values_mut() {
        if let Some(group) = &play.group {
            table.play.group = within("group", group, 0..=GAME_GROUPS_MAX as i64 - 1)?;
            taken.push(table.play.group);
        }
    }
    // A play that names no group has one of its own: the lowest that no other has.
    for (table, _, play) in by_code.values_mut().filter(|(_, _, play)| play.group.is_none()) {
        let Some(group) = (0..GAME_GROUPS_MAX as u8).find(|group| !taken.contains(group)) else {
            return wrong(play.name.span(), GameFault::GroupsSpent { most: GAME_GROUPS_MAX });
        };
        table.play.group = group;
        taken.push(group);
    }
    let prizes: usize = by_code.values().map(|(table, _, _)| table.prizes.len()).sum();
    let found = size_of::<Header>()
        + size_of::<GameDefine>()
        + by_code.len() * size_of::<Play>()
        + prizes * size_of::<Prize>();
    if found > COMMAND_BYTES_MAX {
        return wrong(0..0, GameFault::TooLong { found, most: COMMAND_BYTES_MAX });
    }
    Ok(by_code.into_values().map(|(table, name, _)| (table, name)).unzip())
}

impl Shape<'_> {
    fn play(&self, code: u8, raw: &RawPlay) -> Checked<PlayTable> {
        let text = raw.matching.as_ref();
        let Some(matching) = MATCHINGS.into_iter().find(|&matching| matching_name(matching) == text) else {
            return wrong(raw.matching.span(), GameFault::MatchingUnknown { found: text.clone() });
        };
        let positions = self.positions(matching, raw)?;
        let lines = lines(matching, raw)?;
        let prizes = self.prizes(matching, &raw.prizes)?;
        Ok(PlayTable::new(code, matching, prizes).positions(positions).lines(lines))
    }

    fn positions(&self, matching: Matching, raw: &RawPlay) -> Checked<u8> {
        // All but the last are named.
        let all = (1u8 << self.length) - 1;
        let example = positions_text(all >> 1, self.length);
        let Some(pattern) = &raw.positions else {
            return match matching {
                Matching::Positional => wrong(raw.matching.span(), GameFault::PositionsMissing { example }),
                _ => Ok(0),
            };
        };
        if matching != Matching::Positional {
            let matching = matching_name(matching);
            return wrong(pattern.span(), GameFault::PositionsNotWanted { matching });
        }
        let found = pattern.as_ref();
        let mask = (1..all).find(|&mask| positions_text(mask, self.length) == *found);
        mask.map_or_else(
            || {
                let (found, length) = (found.clone(), self.length);
                wrong(pattern.span(), GameFault::PositionsWrong { found, length, example })
            },
            Ok,
        )
    }

    fn prizes(&self, matching: Matching, raw: &Spanned<Node>) -> Checked<Vec<Prize>> {
        let mut prizes = Vec::new();
        if counts_orders(matching) {
            let wanted =
                "the prizes of this play go by the orders of the number: write prizes.6.first = \"75\"";
            for (key, node) in branch(raw, wanted)? {
                self.of_tiers(matching, self.orders(matching, key)?, node, &mut prizes)?;
            }
        } else {
            self.of_tiers(matching, 1, raw, &mut prizes)?;
        }
        if prizes.is_empty() {
            let by_orders = "prizes.6.first = \"75\"";
            let example = if counts_orders(matching) { by_orders } else { "prizes.first = \"500\"" };
            return wrong(raw.span(), GameFault::PrizesNone { example });
        }
        if prizes.len() > PLAY_PRIZES_MAX {
            let fault = GameFault::PrizesTooMany { found: prizes.len(), most: PLAY_PRIZES_MAX };
            return wrong(raw.span(), fault);
        }
        prizes.sort_by_key(|prize| (prize.orders.get(), prize.tier, prize.level));
        Ok(prizes)
    }

    /// Prizes for numbers of so many orders, by tier and, where there are several, by level.
    fn of_tiers(
        &self,
        matching: Matching,
        orders: u16,
        raw: &Spanned<Node>,
        prizes: &mut Vec<Prize>,
    ) -> Checked<()> {
        let levels = level_names(matching, self.length);
        for (key, node) in branch(raw, "prizes stand under their tier: write first = \"500\"")? {
            let tier = self.tier(matching, key)?;
            if levels.is_empty() {
                prizes.push(prize(orders, tier, 1, node)?);
                continue;
            }
            let wanted = match matching {
                Matching::ExactOrAny => {
                    "this play pays at two levels: write { exact = \"290\", any = \"40\" }"
                }
                _ => "this play pays by how much agrees: write { all = \"1000\", last3 = \"80\" }",
            };
            for (key, node) in branch(node, wanted)? {
                let name = key.as_ref();
                let Some(level) = levels.iter().position(|level| level == name) else {
                    let (found, known) = (name.clone(), listed(levels));
                    let matching = matching_name(matching);
                    return wrong(key.span(), GameFault::LevelUnknown { found, matching, known });
                };
                prizes.push(prize(orders, tier, level as u8 + 1, node)?);
            }
        }
        Ok(())
    }

    fn orders(&self, matching: Matching, key: &Spanned<String>) -> Checked<u16> {
        let possible = possible_orders(self.symbols, self.length);
        let found = key.as_ref();
        if let Some(orders) = possible.iter().find(|orders| orders.to_string() == *found) {
            return Ok(*orders);
        }
        let known = listed(&possible);
        let fault =
            GameFault::OrdersUnknown { found: found.clone(), matching: matching_name(matching), known };
        wrong(key.span(), fault)
    }

    fn tier(&self, matching: Matching, key: &Spanned<String>) -> Checked<u8> {
        let name = key.as_ref();
        if let Some(place) = self.tiers.iter().position(|tier| tier == name) {
            return Ok(place as u8 + 1);
        }
        if values::whole(name).is_some() && !counts_orders(matching) {
            let matching = matching_name(matching);
            return wrong(key.span(), GameFault::OrdersNotWanted { matching });
        }
        wrong(key.span(), GameFault::TierUnknown { found: name.clone(), known: listed(self.tiers) })
    }
}

fn counts_orders(matching: Matching) -> bool {
    matches!(matching, Matching::AnyOrder | Matching::ExactOrAny)
}

fn lines(matching: Matching, raw: &RawPlay) -> Checked<u8> {
    let Some(lines) = &raw.lines else { return Ok(1) };
    let text = &lines.as_ref().0;
    if text == "orders" {
        if counts_orders(matching) {
            return Ok(LINES_BY_ORDERS);
        }
        return wrong(lines.span(), GameFault::LinesByOrders { matching: matching_name(matching) });
    }
    let count = values::whole(text).and_then(|count| u8::try_from(count).ok());
    match count.filter(|count| (1..LINES_BY_ORDERS).contains(count)) {
        Some(count) => Ok(count),
        None => wrong(lines.span(), GameFault::LinesWrong { found: text.clone() }),
    }
}

type Entries = [(Spanned<String>, Spanned<Node>)];

fn branch<'a>(node: &'a Spanned<Node>, wanted: &'static str) -> Checked<&'a Entries> {
    match node.as_ref() {
        Node::Branch(entries) => Ok(entries),
        Node::Leaf(_) => wrong(node.span(), GameFault::ShapeWrong { wanted }),
    }
}

fn prize(orders: u16, tier: u8, level: u8, node: &Spanned<Node>) -> Checked<Prize> {
    let Node::Leaf(text) = node.as_ref() else {
        let wanted =
            "a prize must stand here and no table: this play goes by no more than what is named before";
        return wrong(node.span(), GameFault::ShapeWrong { wanted });
    };
    match values::ratio(text) {
        Ok((numerator, denominator)) => Ok(Prize::new(orders, tier, level, numerator, denominator)),
        Err(fault) => wrong(node.span(), fault),
    }
}

/// How many orders a number can have: by how often its symbols repeat, as far as there are symbols enough.
fn possible_orders(symbols: u8, length: u8) -> Vec<u16> {
    // Orders, and the different symbols that they take.
    let all: &[(u16, u8)] = match length {
        1 => &[(1, 1)],
        2 => &[(1, 1), (2, 2)],
        3 => &[(1, 1), (3, 2), (6, 3)],
        _ => &[(1, 1), (4, 2), (6, 2), (12, 3), (24, 4)],
    };
    all.iter().filter(|(_, different)| *different <= symbols).map(|(orders, _)| *orders).collect()
}

fn listed<T: ToString>(names: &[T]) -> String {
    names.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}
