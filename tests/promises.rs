//! That no balance outgrows its 64 bits: what results, corrections and commission may promise in the life of a ledger.

use engine::command::{AMOUNT_MAX, Bet, GameDefine, Matching, NO_LIMIT, PROMISED_MAX, PlayTable, Prize};
use engine::event::EventKind;
use tests::model::SECOND;
use tests::twins::{Twins, unlimited};

const CAPACITY_REACHED: u16 = 2900;
/// Wins [`NO_LIMIT`] at a million for one.
const STAKE: i64 = NO_LIMIT / 1_000_000;
/// Draws that can promise their most.
const DRAWS: u32 = (PROMISED_MAX / NO_LIMIT) as u32;

/// A ledger of one partition with a game of two numbers, and account 1 under account 2.
fn ledger() -> Twins {
    let mut twins = Twins::new(|genesis| {
        genesis.partitions = 1.into();
        genesis.books_max = 8192.into();
    });
    let plays = [PlayTable::new(1, Matching::Exact, vec![Prize::new(1, 1, 1, 1_000_000, 1)])];
    twins.done(|twins, commands| {
        commands.game_define(twins.id(), 1, &GameDefine::simple(2, 1, 1, STAKE), &plays);
        commands.account_open(twins.id(), 2, 608);
        commands.account_open(twins.id(), 1, 608);
        commands.account_parent(twins.id(), 1, 2);
        (0..2).for_each(|_| commands.deposit(twins.id(), 1, AMOUNT_MAX));
    });
    twins
}

/// Draws with a bet of account 1 on number 1 each, and closes them.
fn closed(twins: &mut Twins, draws: &[(u32, i64)]) {
    let create = unlimited(twins.now + 3_600 * SECOND, 1);
    twins.done(|twins, commands| {
        for &(book, stake) in draws {
            commands.draw_create(twins.id(), book, &create);
            commands.draw_open(twins.id(), book);
            commands.ticket_place(twins.id(), 1, &[Bet::new(book, 1, 1, stake)]);
            commands.draw_close(twins.id(), book);
        }
    });
}

#[test]
fn what_can_no_longer_be_promised_is_refused_and_no_balance_overflows() {
    let mut twins = ledger();
    // All of the most, then one that leaves less than a bet wins.
    let mut draws: Vec<_> = (1..=DRAWS).map(|book| (book, STAKE)).collect();
    let (last, lost, void) = (DRAWS + 1, DRAWS + 2, DRAWS + 3);
    let rest = PROMISED_MAX % NO_LIMIT / 1_000_000;
    draws.extend([(last, rest), (lost, STAKE), (void, STAKE)]);
    closed(&mut twins, &draws);
    twins.done(|twins, commands| {
        for book in 1..=last {
            commands.draw_settle(twins.id(), book, twins.seal(book), &[1]);
        }
    });
    let settle = |twins: &mut Twins, book: u32, number: u16| {
        let seal = twins.seal(book);
        twins.tick(|twins, commands| commands.draw_settle(twins.id(), book, seal, &[number]))
    };
    let correct = |twins: &mut Twins, book: u32, number: u16| {
        let seal = twins.seal(book);
        twins.tick(|twins, commands| commands.draw_correct(twins.id(), book, seal, &[number]))
    };
    assert_eq!(settle(&mut twins, lost, 1), [CAPACITY_REACHED]);
    assert_eq!(settle(&mut twins, lost, 0), [0], "a result that pays nobody promises nothing");
    assert_eq!(correct(&mut twins, lost, 1), [CAPACITY_REACHED]);
    assert_eq!(correct(&mut twins, 1, 0), [0], "nor does a correction that takes back");
    twins.done(|_, _| {});
    assert_eq!(correct(&mut twins, 1, 1), [CAPACITY_REACHED], "what was promised once stays counted");
    twins.done(|twins, commands| commands.draw_void(twins.id(), void));
    twins.done(|_, _| {});
    let won = (i64::from(DRAWS) - 1) * NO_LIMIT + rest * 1_000_000;
    let staked = (i64::from(DRAWS) + 1) * STAKE + rest;
    assert_eq!(twins.account(1).available.get(), 2 * AMOUNT_MAX + won - staked);
    // Commission, too: the share of a bet is more than what is left.
    twins.done(|twins, commands| commands.commission_set(twins.id(), 2, 100_000, 1, 0));
    closed(&mut twins, &[(void + 1, STAKE)]);
    twins.done(|_, _| {});
    let told: Vec<_> =
        twins.events().iter().map(|event| (event.kind, event.owner.get(), event.value.get())).collect();
    assert_eq!(told, [(EventKind::Commission as u8, 2, 0)]);
    assert_eq!(twins.account(2).available.get(), 0);
    let small = PROMISED_MAX % NO_LIMIT % 1_000_000;
    closed(&mut twins, &[(void + 2, 10 * small + 10)]);
    twins.done(|_, _| {});
    assert_eq!(twins.account(2).available.get(), 0);
    closed(&mut twins, &[(void + 3, 10 * small)]);
    twins.done(|_, _| {});
    assert_eq!(twins.account(2).available.get(), small, "to the last minor unit");
}
