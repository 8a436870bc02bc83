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
fn whole(reason: Malformed, acceptable: i64) -> Fault {
    Fault { reason, bet: None, acceptable, len: None }
}

fn read<'a>(header: &'a Header, bytes: &'a [u8], lane: Option<Lane>) -> Result<Command<'a>, Fault> {
    let Some(kind) = Kind::from_code(header.kind) else {
        let highest = if lane == Some(Lane::Operators) { Kind::NumberBlock } else { Kind::Withdraw };
        return Err(whole(Malformed::KindUnknown, highest as i64));
    };
    let count = usize::from(header.count);
    let (count_max, right) = match kind {
        Kind::TicketPlace => (TICKET_BETS_MAX, count * size_of::<Bet>()),
        Kind::GameDefine => (GAME_PLAYS_MAX, size_of::<GameDefine>() + count * size_of::<Play>()),
        Kind::TicketCancel => (0, size_of::<TicketCancel>()),
        Kind::AccountOpen => (0, size_of::<AccountOpen>()),
        Kind::Deposit | Kind::Withdraw => (0, size_of::<Movement>()),
        Kind::DrawCreate => (0, size_of::<DrawCreate>()),
        Kind::DrawOpen | Kind::DrawClose => (0, 0),
        Kind::DrawSettle => (0, size_of::<DrawSettle>()),
        Kind::LimitSet => (0, size_of::<LimitSet>()),
        Kind::NumberBlock => (0, size_of::<NumberBlock>()),
        Kind::Genesis => (0, size_of::<Genesis>()),
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
            None => Err(whole(Malformed::KindUnknown, Kind::NumberBlock as i64)),
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
    let is_book = matches!(kind.lane(), Some(Lane::Operators)) && kind != Kind::GameDefine;
    let owner = header.owner.get();
    if (owner == 0 && kind != Kind::Genesis) || (is_book && owner > u64::from(u32::MAX)) {
        return Err(whole(Malformed::OwnerOutside, 1));
    }
    let body = body(kind, &bytes[HEADER..])?;
    Ok(Command { header, body, bytes })
}

fn body(kind: Kind, bytes: &[u8]) -> Result<Body<'_>, Fault> {
    Ok(match kind {
        Kind::TicketPlace => {
            let bets = slice::<Bet>(bytes)?;
            for (place, bet) in bets.iter().enumerate() {
                check_bet(bet).map_err(|fault| Fault { bet: Some(place as u8), ..fault })?;
            }
            Body::TicketPlace(bets)
        }
        Kind::TicketCancel => {
            let cancel = one::<TicketCancel>(bytes)?;
            check_id(cancel.ticket)?;
            Body::TicketCancel(cancel)
        }
        Kind::AccountOpen => {
            let open = one::<AccountOpen>(bytes)?;
            check_reserved(open.reserved == [0; 6])?;
            check_field(u64::from(open.currency.get()), 1, 999)?;
            Body::AccountOpen(open)
        }
        Kind::Deposit => Body::Deposit(movement(bytes)?),
        Kind::Withdraw => Body::Withdraw(movement(bytes)?),
        Kind::GameDefine => {
            let (game, plays) =
                GameDefine::ref_from_prefix(bytes).map_err(|_| whole(Malformed::Length, HEADER as i64))?;
            check_reserved(game.reserved.get() == 0)?;
            Body::GameDefine(game, slice::<Play>(plays)?)
        }
        Kind::DrawCreate => {
            let draw = one::<DrawCreate>(bytes)?;
            check_reserved(draw.reserved == [0; 3])?;
            check_field(draw.cancellable.into(), 0, 1)?;
            check_field(draw.currency.get().into(), 1, 999)?;
            for limit in draw.stake_limit.iter().chain([&draw.payout_limit]) {
                check_limit(limit.get(), 0)?;
            }
            Body::DrawCreate(draw)
        }
        Kind::DrawOpen => Body::DrawOpen,
        Kind::DrawClose => Body::DrawClose,
        Kind::DrawSettle => {
            let settle = one::<DrawSettle>(bytes)?;
            check_reserved(settle.reserved == [0; 6])?;
            Body::DrawSettle(settle)
        }
        Kind::LimitSet => {
            let set = one::<LimitSet>(bytes)?;
            check_reserved(set.reserved.get() == 0)?;
            let Some(scope) = LimitScope::from_code(set.scope) else {
                return Err(whole(Malformed::FieldOutside, LimitScope::PayoutOverride as i64));
            };
            let is_override = matches!(scope, LimitScope::StakeOverride | LimitScope::PayoutOverride);
            let is_stake = matches!(scope, LimitScope::StakeDefault | LimitScope::StakeOverride);
            check_reserved((is_stake || set.play == 0) && (is_override || set.number.get() == 0))?;
            check_limit(set.limit.get(), if is_override { CLEAR_OVERRIDE } else { 0 })?;
            Body::LimitSet(set)
        }
        Kind::NumberBlock => {
            let block = one::<NumberBlock>(bytes)?;
            check_reserved(block.reserved == [0; 5])?;
            check_field(block.blocked.into(), 0, 1)?;
            Body::NumberBlock(block)
        }
        Kind::Genesis => {
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
            Body::Genesis(genesis)
        }
    })
}

fn movement(bytes: &[u8]) -> Result<&Movement, Fault> {
    let movement = one::<Movement>(bytes)?;
    check_amount(movement.amount.get())?;
    Ok(movement)
}

fn one<T: FromBytes + KnownLayout + Immutable + Unaligned>(bytes: &[u8]) -> Result<&T, Fault> {
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

fn check_amount(amount: i64) -> Result<(), Fault> {
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

fn check_field(value: u64, least: u64, most: u64) -> Result<(), Fault> {
    if (least..=most).contains(&value) { Ok(()) } else { Err(whole(Malformed::FieldOutside, most as i64)) }
}

fn check_reserved(is_zero: bool) -> Result<(), Fault> {
    if is_zero { Ok(()) } else { Err(whole(Malformed::ReservedNotZero, 0)) }
}

fn check_id(id: U128) -> Result<(), Fault> {
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
            _ => return None,
        })
    }
}
