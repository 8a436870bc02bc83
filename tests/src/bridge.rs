//! The model's commands as the engine's bytes, and the engine's answers as the model's.

use engine::command::{self, Commands, LimitScope};
use engine::query::{
    AccountView, AnswerHeader, AuditView, BetView, DrawView, LedgerView, RoomView, TicketView,
};
use engine::reply::{NO_BET, Reply as EngineReply};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::model::{
    AccountSeen, Ask, AuditSeen, Bet, BetSeen, BetState, Command, Draw, DrawSeen, Game, LedgerSeen, Limit,
    Parameters, Play, Reason, Refused, Reply, RoomSeen, State, TicketSeen,
};

/// The ledger's name in every test.
pub const CLUSTER: u128 = 0x746f_7465;
const ACTOR: std::ops::Range<usize> = 4..8;

/// The first command of a log.
pub fn genesis(rules: &Parameters) -> Vec<u8> {
    let mut commands = Commands::new();
    commands.genesis(&command::Genesis {
        cluster: CLUSTER.into(),
        hash_key: [0x0123_4567_89ab_cdef.into(), 0xfedc_ba98_7654_3210.into()],
        id_window_ns: rules.id_window.into(),
        id_ahead_ns: rules.id_ahead.into(),
        refused_ids_max: rules.refused_ids_max.into(),
        payouts_per_tick: rules.payouts_per_tick.into(),
        accounts_max: rules.accounts_max.into(),
        tickets_max: rules.tickets_max.into(),
        books_max: rules.books_max.into(),
        partitions: rules.partitions.into(),
        reserved: [0; 2],
    });
    commands.as_bytes().to_vec()
}

/// A command as bytes, checked as the edge would check it.
///
/// # Panics
/// If the edge would not let it through: such a command is no business of the model.
pub fn bytes(asked: &Command) -> Vec<u8> {
    let mut commands = Commands::new();
    write(&mut commands, asked);
    let lane = if asked.ask.account().is_some() { command::Lane::Bets } else { command::Lane::Operators };
    if let Err(fault) = command::parse(commands.as_bytes(), Some(lane)) {
        panic!("the edge refuses {asked:?}: {fault:?}");
    }
    let mut bytes = commands.as_bytes().to_vec();
    bytes[ACTOR].copy_from_slice(&asked.actor.to_le_bytes());
    bytes
}

fn write(out: &mut Commands, asked: &Command) {
    let id = asked.id;
    match &asked.ask {
        Ask::Place { account, bets } => {
            let bets: Vec<command::Bet> = bets.iter().map(bet).collect();
            out.ticket_place(id, *account, &bets);
        }
        Ask::Cancel { account, ticket } => out.ticket_cancel(id, *account, *ticket),
        Ask::OpenAccount { account, currency } => out.account_open(id, *account, *currency),
        Ask::Deposit { account, amount } => out.deposit(id, *account, *amount),
        Ask::Withdraw { account, amount } => out.withdraw(id, *account, *amount),
        Ask::DefineGame { game, version, table } => {
            let plays: Vec<command::Play> = table.plays.iter().map(play).collect();
            out.game_define(id, *game, &define(*version, table), &plays);
        }
        Ask::CreateDraw { book, draw } => out.draw_create(id, *book, &create(draw)),
        Ask::OpenDraw { book } => out.draw_open(id, *book),
        Ask::CloseDraw { book } => out.draw_close(id, *book),
        Ask::Settle { book, number } => out.draw_settle(id, *book, *number),
        Ask::SetLimit { book, limit, value } => out.limit_set(id, *book, &limit_set(limit, *value)),
        Ask::Block { book, number, blocked } => out.number_block(id, *book, *number, *blocked),
    }
}

fn bet(bet: &Bet) -> command::Bet {
    command::Bet::new(bet.book, bet.play, bet.number, bet.stake)
}

fn define(version: u16, table: &Game) -> command::GameDefine {
    command::GameDefine {
        version: version.into(),
        symbols: table.symbols,
        length: table.length,
        reserved: 0.into(),
        stake_min: table.stake_min.into(),
        stake_max: table.stake_max.into(),
    }
}

fn play(play: &Play) -> command::Play {
    command::Play {
        code: play.code,
        matching: play.matching,
        prizes: play.used,
        reserved: [play.reserved, 0, 0, 0, 0],
        prize: play.cells.map(|cell| command::Prize {
            orders: cell.orders.into(),
            denominator: cell.denominator.into(),
            numerator: cell.numerator.into(),
        }),
    }
}

fn create(draw: &Draw) -> command::DrawCreate {
    command::DrawCreate {
        game: draw.game.into(),
        opens_at: draw.opens_at.into(),
        closes_at: draw.closes_at.into(),
        settles_at: draw.settles_at.into(),
        version: draw.version.into(),
        currency: draw.currency.into(),
        cancellable: draw.cancellable.into(),
        reserved: [0; 3],
        payout_limit: draw.payout_limit.into(),
        stake_limit: draw.stake_limits.map(Into::into),
    }
}

fn limit_set(limit: &Limit, value: Option<i64>) -> command::LimitSet {
    let (scope, play, number) = match *limit {
        Limit::Stake { play } => (LimitScope::StakeDefault, play, 0),
        Limit::StakeOn { play, number } => (LimitScope::StakeOverride, play, number),
        Limit::Payout => (LimitScope::PayoutDefault, 0, 0),
        Limit::PayoutOn { number } => (LimitScope::PayoutOverride, 0, number),
    };
    command::LimitSet {
        scope: scope as u8,
        play,
        number: number.into(),
        reserved: 0.into(),
        limit: value.unwrap_or(command::CLEAR_OVERRIDE).into(),
    }
}

/// Every reply in these bytes.
///
/// # Panics
/// If they are not whole replies, or one that no rule allows.
pub fn replies(mut bytes: &[u8]) -> Vec<Reply> {
    let mut replies = Vec::new();
    while !bytes.is_empty() {
        let (next, rest) = EngineReply::split(bytes).expect("whole replies");
        replies.push(reply(&next));
        bytes = rest;
    }
    replies
}

fn reply(reply: &EngineReply<'_>) -> Reply {
    let header = reply.header;
    let bet = (header.bet != NO_BET).then_some(header.bet);
    let values: Vec<i64> = reply.values.iter().map(|value| value.get()).collect();
    let code = header.code.get();
    let (refused, rooms) = if code == engine::refusal::ACCEPTED {
        assert_eq!(bet, None, "an acceptance concerns no single bet");
        (None, values)
    } else {
        assert_eq!(values.len(), 1, "a refusal has one value: what would be acceptable");
        (Some(Refused { reason: reason(code), bet, acceptable: values[0] }), Vec::new())
    };
    assert_eq!(header.flags & !engine::reply::REPEATED, 0, "no flag but REPEATED is defined");
    let repeated = reply.is_repeated();
    Reply { refused, tick: header.tick.get(), available: header.available.get(), rooms, repeated }
}

fn reason(code: u16) -> Reason {
    let found = Reason::ALL.into_iter().find(|reason| *reason as u16 == code);
    found.unwrap_or_else(|| panic!("no rule refuses with {code}"))
}

/// The body of an answer and what follows it, or why there is none; checks that it shows the right tick.
fn body<T: FromBytes + KnownLayout + Immutable + Unaligned>(
    answer: &[u8],
    tick: u64,
) -> Result<(&T, &[u8]), Reason> {
    let (header, rest) = AnswerHeader::ref_from_prefix(answer).expect("an answer has a header");
    assert_eq!(usize::from(header.len.get()), answer.len(), "an answer is as long as it says");
    assert_eq!(header.tick.get(), tick, "a read shows the last tick");
    if header.code.get() != 0 {
        assert!(rest.is_empty(), "a refused read has no body");
        return Err(reason(header.code.get()));
    }
    Ok(T::ref_from_prefix(rest).expect("an answer holds its view"))
}

/// An answer about an account.
pub fn account(answer: &[u8], tick: u64, account: u64) -> Result<AccountSeen, Reason> {
    let (view, rest) = body::<AccountView>(answer, tick)?;
    assert_eq!((view.account.get(), view.held.get(), view.owed.get(), rest.len()), (account, 0, 0, 0));
    Ok(AccountSeen {
        available: view.available.get(),
        currency: view.currency.get(),
        tickets: view.tickets.get(),
    })
}

/// An answer about a ticket.
pub fn ticket(answer: &[u8], tick: u64, account: u64, id: u128) -> Result<TicketSeen, Reason> {
    let (view, rest) = body::<TicketView>(answer, tick)?;
    assert_eq!((view.account.get(), view.id.get()), (account, id));
    let bets = <[BetView]>::ref_from_bytes(rest).expect("whole bets");
    let seen = |bet: &BetView| BetSeen {
        book: bet.book.get(),
        play: bet.play,
        number: bet.number.get(),
        stake: bet.stake.get(),
        payout: bet.payout.get(),
        state: bet_state(bet.state),
    };
    Ok(TicketSeen {
        accepted: view.accepted.get(),
        cancelled: view.cancelled == 1,
        bets: bets.iter().map(seen).collect(),
    })
}

fn bet_state(code: u8) -> BetState {
    let all = [BetState::Open, BetState::Cancelled, BetState::Lost, BetState::Won, BetState::Paid];
    all.into_iter().find(|state| *state as u8 == code).expect("a bet's state is a known one")
}

/// An answer about a draw.
pub fn draw(answer: &[u8], tick: u64) -> Result<DrawSeen, Reason> {
    let (view, rest) = body::<DrawView>(answer, tick)?;
    assert!(rest.is_empty(), "nothing follows a draw");
    let states = [State::Draft, State::Open, State::Closed, State::Settling, State::Settled];
    let state = states.into_iter().find(|state| *state as u8 == view.state);
    Ok(DrawSeen {
        game: view.game.get(),
        opens_at: view.opens_at.get(),
        closes_at: view.closes_at.get(),
        stake: view.stake.get(),
        escrow: view.escrow.get(),
        paid: view.paid.get(),
        bets: view.bets.get(),
        winners: view.winners.get(),
        winners_paid: view.winners_paid.get(),
        currency: view.currency.get(),
        result: view.result.get(),
        state: state.expect("a draw's state is a known one"),
    })
}

/// An answer about room.
pub fn room(answer: &[u8], tick: u64) -> Result<RoomSeen, Reason> {
    let (view, _) = body::<RoomView>(answer, tick)?;
    Ok(RoomSeen { room: view.room.get(), stake: view.stake.get(), payout: view.payout.get() })
}

/// An answer about the ledger; its digest beside it.
pub fn ledger(answer: &[u8], tick: u64) -> (LedgerSeen, u64, u64) {
    let (view, _) = body::<LedgerView>(answer, tick).expect("the ledger is always known");
    assert_eq!(view.cluster.get(), CLUSTER);
    let seen = LedgerSeen {
        time: view.time.get(),
        accounts: view.accounts.get(),
        tickets: view.tickets.get(),
        open_bets: view.open_bets.get(),
    };
    (seen, view.digest.get(), view.remembered_ids.get())
}

/// An audit; panics where the digests do not agree, for the model has none.
pub fn audit(view: &AuditView) -> AuditSeen {
    assert_eq!(view.digest_agrees, 1, "the digest kept is the digest of the rows: {view:?}");
    assert_eq!(view.digest, view.digest_of_rows, "{view:?}");
    assert_eq!(view.owed.get(), 0, "nobody owes anything yet");
    AuditSeen {
        cash_in: view.cash_in.get(),
        cash_out: view.cash_out.get(),
        accounts: view.accounts.get(),
        escrow: view.escrow.get(),
        house: view.house.get(),
        open_stake: view.open_stake.get(),
        conserved: view.conserved == 1,
    }
}

/// A command's bytes with what the edge stamps beside the actor: no part of the content.
pub fn stamp(bytes: &mut [u8], channel: u8, terminal: u32) {
    let header = command::Header::mut_from_prefix(bytes).expect("a command has a header").0;
    header.channel = channel;
    header.terminal = terminal.into();
    assert_eq!(header.as_bytes().len(), size_of::<command::Header>());
}

/// A UUIDv7 of this time (milliseconds since the Unix epoch) that this number makes unique.
pub fn id(time: u64, unique: u64) -> u128 {
    let (version, variant) = (7 << 76, 0b10 << 62);
    u128::from(time) << 80 | version | variant | u128::from(unique & (u64::MAX >> 2))
}
