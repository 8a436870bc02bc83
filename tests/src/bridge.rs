//! The model's commands as the engine's bytes, and the engine's answers as the model's.

use engine::command::{self, Commands, LimitScope};
use engine::event;
use engine::query::{
    self, AccountView, AnswerHeader, AuditView, BetView, DrawView, HoldView, LedgerView, RoomView, TicketView,
};
use engine::reply::{NO_BET, Reply as EngineReply};
use zerocopy::little_endian::U16;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::model::{
    AccountSeen, Act, Ask, AuditSeen, Bet, BetSeen, BetState, Cell, Command, Draw, DrawSeen, Event,
    EventKind, Game, HoldSeen, HoldState, LedgerSeen, Limit, Moved, Parameters, Period, Play, Reason,
    Refused, Reply, RoomSeen, Scope, State, Statement, StatementLine, Status, TicketSeen,
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
        limit_raise_delay_ns: rules.limit_raise_delay.into(),
        holds_max: rules.holds_max.into(),
        limited_accounts_max: rules.limited_accounts_max.into(),
        references_max: rules.references_max.into(),
        sealed_per_tick: rules.sealed_per_tick.into(),
        tree_accounts_max: rules.tree_accounts_max.into(),
        commission_accounts_max: rules.commission_accounts_max.into(),
        movements_max: rules.movements_max.into(),
        retention_ns: rules.retention.into(),
        reserved_too: 0.into(),
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
    let lane = match asked.scope() {
        Scope::Account(_) => command::Lane::Bets,
        Scope::Principal(_) => command::Lane::Operators,
    };
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
        Ask::OpenAccount { account, currency, parent } => {
            out.account_open_under(id, *account, *currency, *parent);
        }
        Ask::Deposit { account, amount } => out.deposit(id, *account, *amount),
        Ask::Withdraw { account, amount } => out.withdraw(id, *account, *amount),
        Ask::Wallet { account, act } => write_act(out, id, *account, act),
        Ask::DefineGame { game, version, table } => {
            let plays: Vec<command::PlayTable> = table.plays.iter().map(play).collect();
            out.game_define(id, *game, &define(*version, table), &plays);
        }
        Ask::CreateDraw { book, draw } => out.draw_create(id, *book, &create(draw)),
        Ask::OpenDraw { book } => out.draw_open(id, *book),
        Ask::CloseDraw { book } => out.draw_close(id, *book),
        Ask::Settle { book, seal, numbers } => out.draw_settle(id, *book, *seal, numbers),
        Ask::Correct { book, seal, numbers } => out.draw_correct(id, *book, *seal, numbers),
        Ask::SetPrincipal { principal, account } => out.principal_set(id, *principal, *account),
        Ask::Suspend { book } => out.draw_suspend(id, *book),
        Ask::Resume { book } => out.draw_resume(id, *book),
        Ask::Void { book } => out.draw_void(id, *book),
        Ask::VoidTicket { account, ticket } => out.ticket_void(id, *account, *ticket),
        Ask::SetLimit { book, limit, value } => out.limit_set(id, *book, &limit_set(limit, *value)),
        Ask::Block { book, number, blocked } => out.number_block(id, *book, *number, *blocked),
    }
}

fn write_act(out: &mut Commands, id: u128, account: u64, act: &Act) {
    match *act {
        Act::DepositBy { amount, by } => out.deposit_referred(id, account, amount, by.number, by.dated_ms),
        Act::WithdrawBy { amount, by } => out.withdraw_referred(id, account, amount, by.number, by.dated_ms),
        Act::Transfer { to, amount } => out.transfer(id, account, to, amount),
        Act::PlaceHold { amount, expires_at } => out.hold_place(id, account, amount, expires_at),
        Act::PostHold { hold, amount } => out.hold_post(id, account, hold, amount),
        Act::VoidHold { hold } => out.hold_void(id, account, hold),
        Act::SetStatus { status } => {
            let status = command::Standing::from_code(status as u8).expect("a status is a known one");
            out.account_status(id, account, status);
        }
        Act::SetCredit { limit } => out.account_credit(id, account, limit),
        Act::Exclude { until } => out.account_exclude(id, account, until),
        Act::SetLimit { of, limit } => {
            let window = command::LimitWindow::from_code(of.window as u8).expect("a window is a known one");
            let of = command::LimitOf::from_code(of.of as u8).expect("what is counted is known");
            out.account_limit(id, account, of, window, limit);
        }
        Act::Claim { amount } => out.owed_add(id, account, amount),
        Act::WriteOff { amount } => out.owed_write_off(id, account, amount),
        Act::SetParent { parent } => out.account_parent(id, account, parent),
        Act::SetCommission(Period { ppm, from, until }) => out.commission_set(id, account, ppm, from, until),
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
        results: table.results,
        rounding: table.rounding,
        reserved: 0.into(),
        stake_min: table.stake_min.into(),
        stake_max: table.stake_max.into(),
        rounding_unit: table.rounding_unit.into(),
        tax_over: table.tax_over.into(),
        tax_ppm: table.tax_ppm.into(),
        reserved2: 0.into(),
        tier: table.tiers,
    }
}

fn play(play: &Play) -> command::PlayTable {
    let head = command::Play {
        code: play.code,
        matching: play.matching,
        positions: play.positions,
        group: play.group,
        lines: play.lines,
        prizes: play.cells.len() as u8,
        reserved: [play.reserved, 0],
    };
    let prize = |cell: &Cell| command::Prize {
        orders: cell.orders.into(),
        tier: cell.tier,
        level: cell.level,
        denominator: cell.denominator.into(),
        numerator: cell.numerator.into(),
    };
    command::PlayTable { play: head, prizes: play.cells.iter().map(prize).collect() }
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
        confirmed: draw.confirmed.into(),
        reserved: [0; 2],
        payout_limit: draw.payout_limit.into(),
        draw_stake_limit: draw.draw_stake_limit.into(),
        draw_payout_limit: draw.draw_payout_limit.into(),
        stake_limit: draw.stake_limits.map(Into::into),
    }
}

fn limit_set(limit: &Limit, value: Option<i64>) -> command::LimitSet {
    let (scope, play, number) = match *limit {
        Limit::Stake { play } => (LimitScope::StakeDefault, play, 0),
        Limit::StakeOn { play, number } => (LimitScope::StakeOverride, play, number),
        Limit::Payout => (LimitScope::PayoutDefault, 0, 0),
        Limit::PayoutOn { number } => (LimitScope::PayoutOverride, 0, number),
        Limit::DrawStake => (LimitScope::DrawStake, 0, 0),
        Limit::DrawPayout => (LimitScope::DrawPayout, 0, 0),
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
pub(crate) fn body<T: FromBytes + KnownLayout + Immutable + Unaligned>(
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
    assert_eq!((view.account.get(), view.reserved, view.reserved_too.get(), rest.len()), (account, 0, 0, 0));
    let all = [Status::Active, Status::Suspended, Status::Closed];
    let status = all.into_iter().find(|status| *status as u8 == view.status);
    Ok(AccountSeen {
        available: view.available.get(),
        held: view.held.get(),
        owed: view.owed.get(),
        credit_limit: view.credit_limit.get(),
        excluded_until: view.excluded_until.get(),
        status: status.expect("an account's status is a known one"),
        holds: view.holds.get(),
        currency: view.currency.get(),
        tickets: view.tickets.get(),
        parent: view.parent.get(),
    })
}

/// An answer about a hold.
pub fn hold(answer: &[u8], tick: u64, id: u128) -> Result<HoldSeen, Reason> {
    let (view, rest) = body::<HoldView>(answer, tick)?;
    assert_eq!((view.id.get(), view.reserved, rest.len()), (id, [0; 7], 0));
    let all = [HoldState::Held, HoldState::Posted, HoldState::Voided, HoldState::Expired];
    let state = all.into_iter().find(|state| *state as u8 == view.state);
    Ok(HoldSeen {
        amount: view.amount.get(),
        posted: view.posted.get(),
        expires_at: view.expires_at.get(),
        state: state.expect("a hold's state is a known one"),
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

pub(crate) fn bet_state(code: u8) -> BetState {
    let all = [BetState::Open, BetState::Cancelled, BetState::Lost, BetState::Won];
    let mut all = all.into_iter().chain([BetState::Paid, BetState::Refunded]);
    all.find(|state| *state as u8 == code).expect("a bet's state is a known one")
}

pub(crate) fn draw_state(code: u8) -> State {
    State::ALL.into_iter().find(|state| *state as u8 == code).expect("a draw's state is a known one")
}

/// An answer about a draw.
pub fn draw(answer: &[u8], tick: u64) -> Result<DrawSeen, Reason> {
    let (view, rest) = body::<DrawView>(answer, tick)?;
    let (numbers, padding) =
        <[U16]>::ref_from_bytes(rest).expect("whole numbers").split_at(view.results.into());
    assert!(rest.len().is_multiple_of(8) && padding.len() < 4, "padded to a multiple of 8, not further");
    assert!(padding.iter().all(|number| number.get() == 0), "the padding is zero");
    assert_eq!(view.reserved, [0; 4]);
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
        results: numbers.iter().map(|number| number.get()).collect(),
        state: draw_state(view.state),
        seal: view.seal,
        seal_state: view.seal_state,
        sealed_bets: view.sealed_bets.get(),
        sealed_stake: view.sealed_stake.get(),
        worst_payout: view.worst_payout.get(),
        commission: view.commission.get(),
        ended_at: view.ended_at.get(),
        corrections: view.corrections,
    })
}

/// An answer about room.
pub fn room(answer: &[u8], tick: u64) -> Result<RoomSeen, Reason> {
    let (view, _) = body::<RoomView>(answer, tick)?;
    Ok(RoomSeen { room: view.room.get(), stake: view.stake.get(), payout: view.payout.get() })
}

/// Every event in these bytes, as the model says it.
///
/// # Panics
/// If they are not whole events, or of a kind that there is not.
pub fn told(bytes: &[u8]) -> Vec<Event> {
    let event = |event: &event::Event| Event {
        kind: EventKind::ALL.into_iter().find(|kind| *kind as u8 == event.kind).expect("a known kind"),
        play: event.play,
        number: event.number.get(),
        command: (event.command.get() != event::DUE_WORK).then_some(event.command.get()),
        owner: event.owner.get(),
        id: event.id.get(),
        value: event.value.get(),
        extra: event.extra.get(),
    };
    events(bytes).iter().map(event).collect()
}

/// A statement of these lines.
pub fn statement(lines: &[query::StatementLine], more: bool) -> Statement {
    let line = |line: &query::StatementLine| {
        assert_eq!(line.reserved, [0; 7]);
        StatementLine {
            subject: line.subject.get(),
            available: line.available.get(),
            amount: line.amount.get(),
            owed: line.owed.get(),
            tick: line.tick.get(),
            kind: Moved::ALL.into_iter().find(|kind| *kind as u8 == line.kind).expect("a known kind"),
        }
    };
    Statement { lines: lines.iter().map(line).collect(), more }
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
    AuditSeen {
        cash_in: view.cash_in.get(),
        cash_out: view.cash_out.get(),
        accounts: view.accounts.get(),
        owed: view.owed.get(),
        escrow: view.escrow.get(),
        house: view.house.get(),
        tax: view.tax.get(),
        rounding: view.rounding.get(),
        commission: view.commission.get(),
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

/// Events as the engine wrote them.
///
/// # Panics
/// If they are not whole.
pub fn events(bytes: &[u8]) -> Vec<engine::event::Event> {
    <[engine::event::Event]>::ref_from_bytes(bytes).expect("whole events").to_vec()
}
