//! Events: what is told beside replies, of each command in order, on any number of shards.
//!
//! Every test compares the whole list of a tick, so that an event too many fails as surely as a missing one. That shards
//! leave no trace in them is also held by [`tests::pair`] and `shards.rs`, on streams of everything.

use engine::command::{Bet, CLEAR_OVERRIDE, LimitScope, LimitSet, NO_LIMIT};
use engine::event::{Balance, DUE_WORK, Event, EventKind};
use engine::query::DrawState;
use tests::model::MS;
use tests::twins::Twins;

/// A ledger with draw 1, in which stakes on a number are limited to 10.00, payouts to 6,750.00, all stakes to 30.00.
fn limited() -> Twins {
    let mut twins = Twins::new(|_| {});
    twins.begin();
    twins.draw(1, |create| {
        create.stake_limit[..2].fill(10_00.into());
        create.payout_limit = 6_750_00.into();
        create.draw_stake_limit = 30_00.into();
    });
    twins
}

/// An event of a command.
fn of(command: u32, event: Event) -> Event {
    Event { command: command.into(), ..event }
}

fn limit(command: u32, kind: EventKind, play: u8, number: u16, left: i64) -> Event {
    of(command, Event::limit(kind, 1, play, number, left))
}

fn state(command: u32, book: u32, state: DrawState) -> Event {
    of(command, Event::draw_state(book, state as u8))
}

fn set(scope: LimitScope, play: u8, number: u16, limit: i64) -> LimitSet {
    LimitSet { scope: scope as u8, play, number: number.into(), reserved: 0.into(), limit: limit.into() }
}

#[test]
fn a_number_is_reached_and_lifted_where_less_than_the_least_bet_is_left() {
    let mut twins = limited();
    let [t1, t2] = [(); 2].map(|()| twins.id());
    twins.done(|twins, commands| {
        // 1.00 is left, which is a bet; then 0.50.
        commands.ticket_place(t1, 1, &[Bet::new(1, 1, 123, 9_00)]);
        commands.deposit(twins.id(), 2, 1_00);
        commands.ticket_place(t2, 2, &[Bet::new(1, 1, 321, 8_50), Bet::new(1, 1, 321, 1_00)]);
    });
    assert_eq!(twins.events(), [limit(2, EventKind::StakeReached, 1, 321, 50)]);
    twins.done(|twins, commands| {
        commands.ticket_cancel(twins.id(), 1, t1);
        commands.ticket_cancel(twins.id(), 2, t2);
    });
    assert_eq!(twins.events(), [limit(1, EventKind::StakeLifted, 1, 321, 10_00)]);
}

#[test]
fn a_class_is_one_number_and_a_payout_is_told_of_each() {
    let mut twins = limited();
    let ticket = twins.id();
    twins.done(|twins, commands| {
        commands.limit_set(twins.id(), 1, &set(LimitScope::PayoutDefault, 0, 0, 760_00));
        commands.ticket_place(ticket, 1, &[Bet::new(1, 2, 321, 10_00)]);
    });
    // 750.00 of 760.00 for each of six numbers; the least bet in any order pays 75.00.
    let payouts = [123, 132, 213, 231, 312, 321];
    let told = |stake: EventKind, payout: EventKind, left: (i64, i64), command: u32| {
        let mut told = vec![limit(command, stake, 2, 123, left.0)];
        told.extend(payouts.map(|number| limit(command, payout, 0, number, left.1)));
        told
    };
    assert_eq!(twins.events(), told(EventKind::StakeReached, EventKind::PayoutReached, (0, 10_00), 1));
    twins.done(|twins, commands| commands.ticket_void(twins.id(), 1, ticket));
    assert_eq!(twins.events(), told(EventKind::StakeLifted, EventKind::PayoutLifted, (10_00, 760_00), 0));
}

#[test]
fn the_whole_draw_is_reached_and_lifted() {
    let mut twins = limited();
    let ticket = twins.id();
    let bets = [1, 2, 3].map(|number| Bet::new(1, 1, number, 9_80));
    twins.done(|_, commands| commands.ticket_place(ticket, 1, &bets));
    let reached = |number| limit(0, EventKind::StakeReached, 1, number, 20);
    let draw = |kind, left| limit(0, kind, 0, 0, left);
    assert_eq!(twins.events(), [reached(1), reached(2), reached(3), draw(EventKind::DrawStakeReached, 60)]);
    twins.done(|twins, commands| {
        commands.limit_set(twins.id(), 1, &set(LimitScope::DrawStake, 0, 0, 31_00));
    });
    assert_eq!(twins.events(), [draw(EventKind::DrawStakeLifted, 1_60)]);
    twins.done(|twins, commands| {
        commands.limit_set(twins.id(), 1, &set(LimitScope::DrawStake, 0, 0, 20_00));
    });
    assert_eq!(twins.events(), [draw(EventKind::DrawStakeReached, -9_40)]);
    // Every bet is given back, and no limit is lifted by it.
    twins.done(|twins, commands| commands.draw_void(twins.id(), 1));
    assert_eq!(twins.events(), [state(0, 1, DrawState::Voiding)]);
    twins.done(|_, _| {});
    let refund = |number, available| {
        let balance = Balance { account: 1, amount: 9_80, available };
        Event::bet(EventKind::Refunded, ticket, 1, number, balance)
    };
    assert_eq!(
        twins.events(),
        [state(DUE_WORK, 1, DrawState::Void), refund(1, 980_40), refund(2, 990_20), refund(3, 1_000_00)]
    );
}

#[test]
fn limits_and_blocks_are_told_of_every_cell_they_move() {
    let mut twins = limited();
    twins.done(|twins, commands| {
        commands.ticket_place(twins.id(), 1, &[Bet::new(1, 1, 123, 5_00), Bet::new(1, 2, 123, 1_00)]);
        commands.limit_set(twins.id(), 1, &set(LimitScope::StakeOverride, 1, 124, 1_00));
    });
    assert_eq!(twins.events(), []);
    twins.done(|twins, commands| {
        commands.limit_set(twins.id(), 1, &set(LimitScope::StakeDefault, 1, 0, 5_50));
        commands.limit_set(twins.id(), 1, &set(LimitScope::StakeOverride, 1, 124, 50));
        commands.limit_set(twins.id(), 1, &set(LimitScope::StakeOverride, 1, 124, CLEAR_OVERRIDE));
        commands.limit_set(twins.id(), 1, &set(LimitScope::StakeOverride, 2, 321, 0));
        commands.limit_set(twins.id(), 1, &set(LimitScope::StakeDefault, 2, 0, NO_LIMIT));
        commands.number_block(twins.id(), 1, 777, true);
        commands.limit_set(twins.id(), 1, &set(LimitScope::PayoutOverride, 0, 777, 0));
        commands.number_block(twins.id(), 1, 777, false);
        commands.limit_set(twins.id(), 1, &set(LimitScope::PayoutOverride, 0, 777, CLEAR_OVERRIDE));
        // 2,250.00 and 75.00 press on 123, 75.00 on its other orders.
        commands.limit_set(twins.id(), 1, &set(LimitScope::DrawPayout, 0, 0, 149_99));
        commands.limit_set(twins.id(), 1, &set(LimitScope::DrawPayout, 0, 0, 149_99));
        commands.limit_set(twins.id(), 1, &set(LimitScope::DrawPayout, 0, 0, 150_00));
        commands.limit_set(twins.id(), 1, &set(LimitScope::DrawPayout, 0, 0, NO_LIMIT));
    });
    let others = [132, 213, 231, 312, 321];
    let mut expected = vec![
        limit(0, EventKind::StakeReached, 1, 123, 50),
        limit(1, EventKind::StakeReached, 1, 124, 50),
        limit(2, EventKind::StakeLifted, 1, 124, 5_50),
        limit(3, EventKind::StakeReached, 2, 123, -1_00),
        limit(5, EventKind::PayoutReached, 0, 777, 0),
        limit(8, EventKind::PayoutLifted, 0, 777, 6_750_00),
        limit(9, EventKind::PayoutReached, 0, 123, -2_175_01),
    ];
    expected.extend(others.map(|number| limit(9, EventKind::PayoutReached, 0, number, 74_99)));
    expected.extend(others.map(|number| limit(11, EventKind::PayoutLifted, 0, number, 75_00)));
    expected.push(limit(12, EventKind::PayoutLifted, 0, 123, 4_425_00));
    assert_eq!(twins.events(), expected);
}

#[test]
fn states_are_told_whoever_changes_them() {
    let mut twins = limited();
    let closes = twins.now + 5 * MS;
    twins.draw(2, |create| create.closes_at = closes.into());
    assert_eq!(twins.events(), [state(1, 2, DrawState::Open)]);
    twins.done(|twins, commands| {
        commands.draw_suspend(twins.id(), 2);
        commands.draw_resume(twins.id(), 2);
        commands.draw_close(twins.id(), 1);
    });
    assert_eq!(
        twins.events(),
        [
            state(0, 2, DrawState::Suspended),
            state(1, 2, DrawState::Open),
            state(2, 1, DrawState::Closed),
            of(2, Event::sealed(1, 0, 0)),
        ]
    );
    twins.done(|twins, commands| commands.draw_settle(twins.id(), 1, twins.seal(1), &[1]));
    assert_eq!(twins.events(), [state(0, 1, DrawState::Settled)]);
    while twins.now < closes {
        twins.done(|_, _| {});
    }
    assert_eq!(twins.events(), [state(DUE_WORK, 2, DrawState::Closed), of(DUE_WORK, Event::sealed(2, 0, 0))]);
    twins.done(|twins, commands| commands.draw_void(twins.id(), 2));
    assert_eq!(twins.events(), [state(0, 2, DrawState::Void)]);
}

#[test]
fn what_comes_to_accounts_is_told() {
    let mut twins = Twins::new(|_| {});
    twins.begin();
    twins.draw(1, |_| {});
    let [t1, t2, hold, out] = [(); 4].map(|()| twins.id());
    twins.done(|twins, commands| {
        commands.ticket_place(t2, 2, &[Bet::new(1, 2, 123, 1_00), Bet::new(1, 1, 123, 1_00)]);
        commands.ticket_place(t1, 1, &[Bet::new(1, 1, 123, 1_00)]);
        commands.hold_place(hold, 3, 20_00, twins.now + 4 * MS);
        commands.owed_add(twins.id(), 3, 1_000_00);
        commands.transfer(out, 1, 3, 15_00);
        commands.draw_close(twins.id(), 1);
    });
    let balance = |account, amount, available| Balance { account, amount, available };
    assert_eq!(
        twins.events(),
        [
            // 980.00 were claimed, 20.00 are owed: of 15.00 nothing is available.
            of(4, Event::received(out, balance(3, 15_00, 0))),
            state(5, 1, DrawState::Closed),
            of(5, Event::sealed(1, 3, 3_00)),
        ]
    );
    twins.done(|twins, commands| commands.draw_settle(twins.id(), 1, twins.seal(1), &[123]));
    assert_eq!(twins.events(), [state(0, 1, DrawState::Settling)]);
    twins.done(|_, _| {});
    let paid = |id, play, balance| Event::bet(EventKind::Paid, id, play, 123, balance);
    assert_eq!(
        twins.events(),
        [
            state(DUE_WORK, 1, DrawState::Settled),
            paid(t1, 1, balance(1, 450_00, 1_434_00)),
            // In the order of the bets the play in any order came first; events go by play.
            paid(t2, 1, balance(2, 450_00, 1_523_00)),
            paid(t2, 2, balance(2, 75_00, 1_073_00)),
        ]
    );
    twins.done(|_, _| {});
    // What a hold releases repays nothing.
    assert_eq!(twins.events(), [Event::hold_expired(hold, balance(3, 20_00, 20_00))]);
    twins.done(|_, _| {});
    assert_eq!(twins.events(), []);
}

#[test]
fn commands_are_counted_through_runs_and_fences() {
    let mut twins = Twins::new(|_| {});
    twins.begin();
    for book in 1..=9 {
        twins.draw(book, |create| create.stake_limit[..2].fill(1_00.into()));
    }
    let codes = twins.tick(|twins, commands| {
        for round in 0..400u16 {
            let bet = |book: u32| Bet::new(book, 1, round, 1_00);
            let book = u32::from(round % 9) + 1;
            commands.ticket_place(twins.id(), 1 + u64::from(round % 3), &[bet(book), bet(book % 9 + 1)]);
            if round % 150 == 149 {
                commands.number_block(twins.id(), 3, 1 + round, true);
            }
        }
    });
    assert!(codes.iter().all(|code| *code == 0), "no ticket meets a blocked number");
    let events = twins.events();
    assert!(events.is_sorted_by_key(|event| (event.command.get(), event.kind, event.owner.get())));
    assert_eq!(events.len(), 400 * 2 + 2);
    for event in events.iter().filter(|event| event.kind == EventKind::StakeReached as u8) {
        // A fence behind every 150 tickets.
        let round = u32::from(event.number.get());
        assert_eq!(event.command.get(), round + round / 150, "{event:?}");
    }
}
