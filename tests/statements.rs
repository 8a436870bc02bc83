//! Statements: what they tell after everything that moves money, how far back, and that shards leave no trace in them.
//!
//! The plain model judges them too ([`tests::pair`]); here stands what they say in so many words.

use engine::command::{Bet, Standing};
use engine::query::MovementKind::{self, *};
use tests::model::{MS, SECOND};
use tests::twins::Twins;

/// Kind, subject, change and balance after it, and the change of what is owed; the oldest first.
type Line = (MovementKind, u128, i64, i64, i64);

/// What a statement tells, with the checks that hold of any.
fn told(twins: &Twins, account: u64) -> (Vec<Line>, bool) {
    let (lines, more) = twins.statement(account);
    let mut balance = twins.account(account).available.get();
    let mut tick = u64::MAX;
    let mut told = Vec::new();
    for line in lines {
        assert_eq!(line.available.get(), balance, "{line:?}");
        assert!(line.tick.get() <= tick, "{line:?}");
        balance -= line.amount.get();
        tick = line.tick.get();
        let kind = MovementKind::from_code(line.kind).expect("a kind");
        told.push((kind, line.subject.get(), line.amount.get(), line.available.get(), line.owed.get()));
    }
    told.reverse();
    if !more {
        assert_eq!(balance, 0, "a statement without a gap begins with nothing");
    }
    (told, more)
}

#[test]
fn a_statement_tells_tickets_and_movements_in_their_order() {
    let mut twins = Twins::new(|_| {});
    twins.begin();
    twins.draw(1, |_| {});
    twins.draw(2, |_| {});
    let [t1, t2, t3, d1, w1] = [(); 5].map(|()| twins.id());
    twins.done(|twins, commands| {
        commands.ticket_place(t1, 1, &[Bet::new(1, 1, 123, 10_00), Bet::new(2, 2, 123, 5_00)]);
        commands.deposit_referred(d1, 1, 20_00, 77, twins.now / MS);
        commands.ticket_place(t2, 1, &[Bet::new(1, 1, 124, 1_00)]);
        commands.withdraw(w1, 1, 30_00);
        commands.ticket_place(t3, 1, &[Bet::new(1, 1, 123, 2_00)]);
    });
    twins.done(|twins, commands| {
        commands.ticket_cancel(twins.id(), 1, t2);
        // The same movement again is none.
        commands.deposit_referred(twins.id(), 1, 20_00, 77, twins.now / MS);
    });
    twins.done(|twins, commands| {
        commands.draw_close(twins.id(), 1);
    });
    twins.done(|twins, commands| {
        commands.draw_settle(twins.id(), 1, twins.seal(1), &[123]);
        commands.draw_void(twins.id(), 2);
    });
    twins.done(|_, _| {});
    let (lines, more) = told(&twins, 1);
    assert!(!more);
    assert_eq!(
        lines[1..],
        [
            (Stake, t1, -15_00, 985_00, 0),
            (Deposit, 77, 20_00, 1_005_00, 0),
            (Stake, t2, -1_00, 1_004_00, 0),
            (Withdrawal, w1, -30_00, 974_00, 0),
            (Stake, t3, -2_00, 972_00, 0),
            (Returned, t2, 1_00, 973_00, 0),
            (Payout, t1, 4_500_00, 5_473_00, 0),
            (Payout, t3, 900_00, 6_373_00, 0),
            (Refund, t1, 5_00, 6_378_00, 0),
        ]
    );
    assert_eq!((lines[0].0, lines[0].2), (Deposit, 1_000_00));
}

#[test]
fn a_statement_tells_transfers_holds_and_debts() {
    let mut twins = Twins::new(|_| {});
    twins.begin();
    let [out, h1, h2, h3, claim, forgive] = [(); 6].map(|()| twins.id());
    let soon = twins.now + 3 * MS;
    twins.done(|twins, commands| {
        commands.hold_place(h1, 1, 100_00, twins.now + 1_000 * MS);
        commands.hold_place(h2, 1, 50_00, twins.now + 1_000 * MS);
        commands.hold_place(h3, 1, 25_00, soon);
        commands.hold_post(twins.id(), 1, h1, 40_00);
        commands.hold_void(twins.id(), 1, h2);
        commands.owed_add(claim, 2, 1_500_00);
        commands.owed_write_off(forgive, 2, 100_00);
        commands.transfer(out, 1, 2, 450_00);
    });
    twins.done(|twins, commands| {
        // What is held is no balance; a whole post releases nothing.
        let h4 = twins.id();
        commands.hold_place(h4, 3, 10_00, soon + 1_000 * MS);
        commands.hold_post(twins.id(), 3, h4, 0);
    });
    twins.done(|_, _| {});
    assert_eq!(
        told(&twins, 1).0[1..],
        [
            (HoldPlaced, h1, -100_00, 900_00, 0),
            (HoldPlaced, h2, -50_00, 850_00, 0),
            (HoldPlaced, h3, -25_00, 825_00, 0),
            (HoldPosted, h1, 60_00, 885_00, 0),
            (HoldReleased, h2, 50_00, 935_00, 0),
            (TransferOut, out, -450_00, 485_00, 0),
            (HoldReleased, h3, 25_00, 510_00, 0),
        ]
    );
    assert_eq!(
        told(&twins, 2).0[1..],
        [
            (OwedAdded, claim, -1_000_00, 0, 500_00),
            (OwedWrittenOff, forgive, 0, 0, -100_00),
            (TransferIn, out, 50_00, 50_00, -400_00),
        ]
    );
    let held = told(&twins, 3).0;
    assert_eq!((held[2].0, held[2].2, held[2].3), (HoldPosted, 0, 990_00));
}

#[test]
fn a_statement_ends_where_memory_does() {
    let mut twins = Twins::new(|genesis| {
        genesis.partitions = 1.into();
        genesis.movements_max = 4.into();
    });
    twins.begin();
    twins.draw(1, |_| {});
    let place = |twins: &mut Twins| {
        let id = twins.id();
        twins.done(|_, commands| commands.ticket_place(id, 1, &[Bet::new(1, 1, 123, 1_00)]));
        id
    };
    let kinds = |twins: &Twins| {
        let (lines, more) = told(twins, 1);
        (lines.iter().map(|line| line.0).collect::<Vec<_>>(), more)
    };
    let before = place(&mut twins);
    twins.done(|twins, commands| commands.deposit(twins.id(), 1, 5_00));
    place(&mut twins);
    place(&mut twins);
    // All accounts of a partition share its queue: four movements since the first deposit of account 1.
    assert_eq!(kinds(&twins), (vec![Deposit, Stake, Deposit, Stake, Stake], false));
    twins.done(|twins, commands| commands.deposit(twins.id(), 2, 5_00));
    assert_eq!(kinds(&twins), (vec![Stake, Deposit, Stake, Stake], true));
    assert_eq!(told(&twins, 1).0[0].1, before, "the ticket behind the deposit that has left");
    for _ in 0..3 {
        twins.done(|twins, commands| commands.deposit(twins.id(), 2, 5_00));
    }
    assert_eq!(kinds(&twins), (vec![Stake, Stake], true), "what lies behind a gap is not shown");
    twins.done(|twins, commands| commands.withdraw(twins.id(), 1, 5_00));
    assert_eq!(kinds(&twins), (vec![Stake, Stake, Withdrawal], true));
    assert_eq!(kinds(&twins).0.len(), 3);
    let (lines, more) = told(&twins, 3);
    assert!(lines.is_empty() && more);
}

#[test]
fn a_statement_is_one_page() {
    let mut twins = Twins::new(|_| {});
    twins.begin();
    twins.draw(1, |_| {});
    for _ in 0..98 {
        twins.done(|twins, commands| {
            commands.ticket_place(twins.id(), 1, &[Bet::new(1, 1, 123, 1_00)]);
        });
    }
    assert_eq!((told(&twins, 1).0.len(), told(&twins, 1).1), (99, false));
    twins.done(|twins, commands| commands.withdraw(twins.id(), 1, 1_00));
    assert_eq!((told(&twins, 1).0.len(), told(&twins, 1).1), (100, false));
    twins.done(|twins, commands| commands.withdraw(twins.id(), 1, 1_00));
    assert_eq!((told(&twins, 1).0.len(), told(&twins, 1).1), (100, true));
}

#[test]
fn what_changes_no_balance_is_no_line() {
    let mut twins = Twins::new(|_| {});
    twins.begin();
    let codes = twins.tick(|twins, commands| {
        commands.account_credit(twins.id(), 1, 5_00);
        commands.account_status(twins.id(), 1, Standing::Suspended);
        commands.withdraw(twins.id(), 1, 1_00);
        commands.transfer(twins.id(), 1, 2, 1_00);
    });
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 2);
    assert_eq!((told(&twins, 1).0.len(), told(&twins, 2).0.len()), (1, 1));
}

/// As many tickets leave between two as an ordinal of 16 bits would not tell from none.
#[test]
fn a_gap_of_65_536_tickets_shows() {
    const DAY: u64 = 24 * 3_600 * SECOND;
    let mut twins = Twins::new(|genesis| {
        genesis.id_window_ns = (3_600 * SECOND).into();
        genesis.retention_ns = 0.into();
    });
    twins.begin();
    twins.done(|twins, commands| commands.deposit(twins.id(), 1, 100_000_00));
    twins.draw(1, |_| {});
    twins.draw(2, |draw| {
        draw.closes_at = (draw.closes_at.get() + 9 * DAY).into();
        draw.settles_at = draw.closes_at;
    });
    let place = |twins: &mut Twins, book: u32, count: usize| {
        twins.done(|twins, commands| {
            for _ in 0..count {
                commands.ticket_place(twins.id(), 1, &[Bet::new(book, 1, 123, 1_00)]);
            }
        });
    };
    place(&mut twins, 2, 1);
    (0..16).for_each(|_| place(&mut twins, 1, 4096));
    place(&mut twins, 2, 1);
    twins.done(|twins, commands| commands.draw_close(twins.id(), 1));
    (0..4).for_each(|_| twins.done(|_, _| {}));
    twins.done(|twins, commands| commands.draw_settle(twins.id(), 1, twins.seal(1), &[124]));
    twins.now += 2 * DAY;
    twins.done(|_, _| {});
    let (lines, more) = told(&twins, 1);
    assert_eq!((lines.iter().map(|line| line.0).collect::<Vec<_>>(), more), (vec![Stake], true));
}
