//! What can be known of a command without state, checked once at the edge.

use zerocopy::little_endian::U128;
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use super::*;
use crate::refusal::Malformed;

const HEADER: usize = size_of::<Header>();

/// Reads the first command of `bytes`.
///
/// `lane` is the way it came, or `None` for one that comes from the log, where stamped fields are no fault.
///
/// # Errors
/// The first [`Fault`] in the order of [`Malformed`]. Where `fault.len` is known, the next command can still be found.
pub fn parse(bytes: &[u8], lane: Option<Lane>) -> Result<Command<'_>, Fault> {
    let fault = |reason, acceptable: i64| Fault { reason, bet: None, acceptable, len: None };
    let Ok((header, _)) = Header::ref_from_prefix(bytes) else {
        return Err(fault(Malformed::Length, HEADER as i64));
    };
    let Some(len) = command_len(bytes) else {
        let len = usize::from(header.len.get());
        return Err(fault(Malformed::Length, len.clamp(HEADER, COMMAND_BYTES_MAX) as i64 / 8 * 8));
    };
    read(header, &bytes[..len], lane).map_err(|fault| Fault { len: Some(len), ..fault })
}

/// Bytes of the first command of `bytes`, if its length field can be believed.
#[inline]
pub fn command_len(bytes: &[u8]) -> Option<usize> {
    let (header, _) = Header::ref_from_prefix(bytes).ok()?;
    let len = usize::from(header.len.get());
    ((HEADER..=COMMAND_BYTES_MAX.min(bytes.len())).contains(&len) && len.is_multiple_of(8)).then_some(len)
}

/// A fault of the whole command.
pub(super) fn whole(reason: Malformed, acceptable: i64) -> Fault {
    Fault { reason, bet: None, acceptable, len: None }
}

fn read<'a>(header: &'a Header, bytes: &'a [u8], lane: Option<Lane>) -> Result<Command<'a>, Fault> {
    let Some(kind) = Kind::from_code(header.kind) else {
        let highest = if lane == Some(Lane::Operators) { Kind::CommissionSet } else { Kind::HoldVoid };
        return Err(whole(Malformed::KindUnknown, highest as i64));
    };
    let count = usize::from(header.count);
    let (count_max, right) = match kind {
        Kind::TicketPlace => (TICKET_BETS_MAX, count * size_of::<Bet>()),
        Kind::GameDefine => (GAME_PLAYS_MAX, size_of::<GameDefine>() + Plays::len(&bytes[HEADER..], count)),
        Kind::TicketCancel | Kind::TicketVoid => (0, size_of::<TicketCancel>()),
        Kind::DrawCreate => (0, size_of::<DrawCreate>()),
        Kind::DrawOpen | Kind::DrawClose | Kind::DrawSuspend | Kind::DrawResume | Kind::DrawVoid => (0, 0),
        Kind::DrawSettle | Kind::DrawCorrect => {
            (RESULTS_MAX, size_of::<DrawResult>() + (count * size_of::<U16>()).next_multiple_of(8))
        }
        Kind::LimitSet => (0, size_of::<LimitSet>()),
        Kind::NumberBlock => (0, size_of::<NumberBlock>()),
        Kind::Genesis => (0, size_of::<Genesis>()),
        Kind::Quarantine => (0, quarantine::body_len(&bytes[HEADER..])),
        _ => (0, money::body_len(kind).or(agents::len_of(kind)).unwrap_or(0)),
    };
    let counted = count_max > 0;
    if count <= count_max && bytes.len() != HEADER + right {
        return Err(whole(Malformed::Length, (HEADER + right) as i64));
    }
    if let Some(lane) = lane
        && kind.lane() != Some(lane)
    {
        return match kind.lane() {
            Some(right) => Err(whole(Malformed::LaneWrong, right as i64)),
            None => Err(whole(Malformed::KindUnknown, Kind::CommissionSet as i64)),
        };
    }
    let stamped = header.actor.get() != 0 || header.channel != 0 || header.terminal.get() != 0;
    if header.reserved != [0; 3] || (lane.is_some() && stamped) {
        return Err(whole(Malformed::ReservedNotZero, 0));
    }
    if kind != Kind::Genesis && !is_uuid_v7(header.id.get()) {
        return Err(whole(Malformed::IdNotV7, 7));
    }
    if count > count_max || (counted && count == 0) {
        return Err(whole(Malformed::CountOutside, count_max as i64));
    }
    let is_book =
        kind.lane() == Some(Lane::Operators) && kind != Kind::GameDefine && !kind.is_about_account();
    let owner = header.owner.get();
    if (owner == 0 && kind.lane().is_some()) || (is_book && owner > u64::from(u32::MAX)) {
        return Err(whole(Malformed::OwnerOutside, 1));
    }
    let body = body(kind, count, &bytes[HEADER..])?;
    Ok(Command { header, body, bytes })
}

fn body(kind: Kind, count: usize, bytes: &[u8]) -> Result<Body<'_>, Fault> {
    Ok(match kind {
        Kind::TicketPlace => {
            let bets = slice::<Bet>(bytes)?;
            for (place, bet) in bets.iter().enumerate() {
                check_bet(bet).map_err(|fault| Fault { bet: Some(place as u8), ..fault })?;
            }
            Body::TicketPlace(bets)
        }
        Kind::TicketCancel => Body::TicketCancel(cancel(bytes)?),
        Kind::TicketVoid => Body::TicketVoid(cancel(bytes)?),
        Kind::GameDefine => {
            let (game, plays) =
                GameDefine::ref_from_prefix(bytes).map_err(|_| whole(Malformed::Length, HEADER as i64))?;
            check_reserved(game.reserved.get() == 0 && game.reserved2.get() == 0)?;
            Body::GameDefine(game, Plays { bytes: plays })
        }
        Kind::DrawCreate => Body::DrawCreate(draw_create(bytes)?),
        Kind::DrawOpen => Body::DrawOpen,
        Kind::DrawClose => Body::DrawClose,
        Kind::DrawSettle => {
            let (result, numbers) = draw_result(bytes, count)?;
            Body::DrawSettle(result, numbers)
        }
        Kind::DrawCorrect => {
            let (result, numbers) = draw_result(bytes, count)?;
            Body::DrawCorrect(result, numbers)
        }
        Kind::LimitSet => Body::LimitSet(limit_set(bytes)?),
        Kind::NumberBlock => {
            let block = one::<NumberBlock>(bytes)?;
            check_reserved(block.reserved == [0; 5])?;
            check_field(block.blocked.into(), 0, 1)?;
            Body::NumberBlock(block)
        }
        Kind::DrawSuspend => Body::DrawSuspend,
        Kind::DrawResume => Body::DrawResume,
        Kind::DrawVoid => Body::DrawVoid,
        Kind::Genesis => Body::Genesis(genesis(bytes)?),
        Kind::Quarantine => return quarantine::body(bytes),
        _ => {
            let body =
                money::body(kind, bytes)?.map_or_else(|| agents::body_of(kind, bytes), |body| Ok(Some(body)));
            return body?.ok_or(whole(Malformed::KindUnknown, kind as i64));
        }
    })
}

/// The plays of a game that is being defined, each with its prizes.
#[derive(Clone, Copy, Debug)]
pub struct Plays<'a> {
    bytes: &'a [u8],
}

impl Plays<'_> {
    /// Bytes of `count` plays with their prizes behind a [`GameDefine`]. Plays that are not there count as heads.
    fn len(bytes: &[u8], count: usize) -> usize {
        let mut rest = bytes.get(size_of::<GameDefine>()..).unwrap_or_default();
        let mut len = 0;
        for _ in 0..count {
            len += size_of::<Play>();
            if let Ok((play, behind)) = Play::ref_from_prefix(rest) {
                let prizes = usize::from(play.prizes) * size_of::<Prize>();
                len += prizes;
                rest = behind.get(prizes..).unwrap_or_default();
            }
        }
        len
    }
}

impl<'a> Iterator for Plays<'a> {
    type Item = (&'a Play, &'a [Prize]);

    fn next(&mut self) -> Option<Self::Item> {
        let (play, rest) = Play::ref_from_prefix(self.bytes).ok()?;
        let (prizes, rest) = <[Prize]>::ref_from_prefix_with_elems(rest, play.prizes.into()).ok()?;
        self.bytes = rest;
        Some((play, prizes))
    }
}

fn draw_create(bytes: &[u8]) -> Result<&DrawCreate, Fault> {
    let draw = one::<DrawCreate>(bytes)?;
    check_reserved(draw.reserved == [0; 2])?;
    check_field(draw.cancellable.into(), 0, 1)?;
    check_field(draw.confirmed.into(), 0, 1)?;
    check_field(draw.currency.get().into(), 1, 999)?;
    let of_the_draw = [&draw.payout_limit, &draw.draw_stake_limit, &draw.draw_payout_limit];
    for limit in draw.stake_limit.iter().chain(of_the_draw) {
        check_limit(limit.get(), 0)?;
    }
    Ok(draw)
}

fn draw_result(bytes: &[u8], count: usize) -> Result<(&DrawResult, &[U16]), Fault> {
    let (result, numbers) =
        DrawResult::ref_from_prefix(bytes).map_err(|_| whole(Malformed::Length, HEADER as i64))?;
    let (numbers, padding) = slice::<U16>(numbers)?.split_at(count);
    check_reserved(padding.iter().all(|number| number.get() == 0))?;
    Ok((result, numbers))
}

fn limit_set(bytes: &[u8]) -> Result<&LimitSet, Fault> {
    let set = one::<LimitSet>(bytes)?;
    check_reserved(set.reserved.get() == 0)?;
    let Some(scope) = LimitScope::from_code(set.scope) else {
        return Err(whole(Malformed::FieldOutside, LimitScope::DrawPayout as i64));
    };
    let is_override = matches!(scope, LimitScope::StakeOverride | LimitScope::PayoutOverride);
    let names_play = matches!(scope, LimitScope::StakeDefault | LimitScope::StakeOverride);
    check_reserved((names_play || set.play == 0) && (is_override || set.number.get() == 0))?;
    check_limit(set.limit.get(), if is_override { CLEAR_OVERRIDE } else { 0 })?;
    Ok(set)
}

fn genesis(bytes: &[u8]) -> Result<&Genesis, Fault> {
    let genesis = one::<Genesis>(bytes)?;
    check_reserved(genesis.reserved == [0; 2])?;
    let partitions = genesis.partitions.get();
    if !(partitions.is_power_of_two() && partitions <= 256) {
        return Err(whole(Malformed::FieldOutside, 256));
    }
    check_field(genesis.tickets_max.get().into(), 1, PARTITION_TICKETS_MAX.into())?;
    check_field(genesis.accounts_max.get().into(), 1, PARTITION_ACCOUNTS_MAX.into())?;
    let books = u64::from(genesis.books_max.get()) * u64::from(partitions);
    check_field(books, 1, LEDGER_BOOKS_MAX)?;
    check_field(genesis.refused_ids_max.get().into(), 1, u32::MAX.into())?;
    check_field(genesis.payouts_per_tick.get().into(), 1, u32::MAX.into())?;
    check_field(genesis.sealed_per_tick.get().into(), 1, u32::MAX.into())?;
    let of_money = [genesis.holds_max, genesis.limited_accounts_max, genesis.references_max];
    for most in of_money.into_iter().chain([genesis.movements_max]) {
        check_field(most.get().into(), 1, PARTITION_MONEY_ROWS_MAX.into())?;
    }
    for most in [genesis.tree_accounts_max, genesis.commission_accounts_max] {
        check_field(most.get().into(), 1, AGENT_ROWS_MAX.into())?;
    }
    Ok(genesis)
}

fn cancel(bytes: &[u8]) -> Result<&TicketCancel, Fault> {
    let cancel = one::<TicketCancel>(bytes)?;
    check_id(cancel.ticket)?;
    Ok(cancel)
}

pub(super) fn one<T: FromBytes + KnownLayout + Immutable + Unaligned>(bytes: &[u8]) -> Result<&T, Fault> {
    T::ref_from_bytes(bytes).map_err(|_| whole(Malformed::Length, (HEADER + size_of::<T>()) as i64))
}

fn slice<T: FromBytes + Immutable + Unaligned>(bytes: &[u8]) -> Result<&[T], Fault> {
    <[T]>::ref_from_bytes(bytes).map_err(|_| whole(Malformed::Length, (HEADER + size_of::<T>()) as i64))
}

fn check_bet(bet: &Bet) -> Result<(), Fault> {
    check_reserved(bet.reserved == 0)?;
    if bet.book.get() == 0 {
        return Err(whole(Malformed::OwnerOutside, 1));
    }
    check_amount(bet.stake.get())
}

pub(super) fn check_amount(amount: i64) -> Result<(), Fault> {
    match amount {
        ..=0 => Err(whole(Malformed::AmountNotPositive, 1)),
        1..=AMOUNT_MAX => Ok(()),
        _ => Err(whole(Malformed::AmountTooLarge, AMOUNT_MAX)),
    }
}

fn check_limit(limit: i64, least: i64) -> Result<(), Fault> {
    if limit < least {
        return Err(whole(Malformed::FieldOutside, least));
    }
    if limit > NO_LIMIT {
        return Err(whole(Malformed::FieldOutside, NO_LIMIT));
    }
    Ok(())
}

pub(super) fn check_field(value: u64, least: u64, most: u64) -> Result<(), Fault> {
    if (least..=most).contains(&value) { Ok(()) } else { Err(whole(Malformed::FieldOutside, most as i64)) }
}

pub(super) fn check_reserved(is_zero: bool) -> Result<(), Fault> {
    if is_zero { Ok(()) } else { Err(whole(Malformed::ReservedNotZero, 0)) }
}

pub(super) fn check_id(id: U128) -> Result<(), Fault> {
    if is_uuid_v7(id.get()) { Ok(()) } else { Err(whole(Malformed::IdNotV7, 7)) }
}

impl LimitScope {
    /// The scope of this number, if there is one.
    pub fn from_code(code: u8) -> Option<LimitScope> {
        Some(match code {
            1 => LimitScope::StakeDefault,
            2 => LimitScope::StakeOverride,
            3 => LimitScope::PayoutDefault,
            4 => LimitScope::PayoutOverride,
            5 => LimitScope::DrawStake,
            6 => LimitScope::DrawPayout,
            _ => return None,
        })
    }
}

impl Matching {
    /// The matching of this number, if there is one.
    pub fn from_code(code: u8) -> Option<Matching> {
        Some(match code {
            1 => Matching::Exact,
            2 => Matching::AnyOrder,
            3 => Matching::Positional,
            4 => Matching::ExactOrAny,
            5 => Matching::Trailing,
            _ => return None,
        })
    }
}

impl Rounding {
    /// The rounding of this number, if there is one.
    pub fn from_code(code: u8) -> Option<Rounding> {
        Some(match code {
            1 => Rounding::Down,
            2 => Rounding::Up,
            3 => Rounding::HalfUp,
            _ => return None,
        })
    }
}
