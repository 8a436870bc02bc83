//! The seal, computed here from the bets as they were placed.

use engine::command::Bet;
use engine::query::{DrawState, SealState};

use crate::rig::{ANY_ORDER, DONE, Ledger, MS, Placed, START, STRAIGHT, Ticket};

const SEAL_PENDING: u16 = 1240;
const SEAL_DIFFERS: u16 = 1245;
const DRAW_STATE: u16 = 1200;
const FAR: u64 = START + 3_600_000 * MS;

/// As docs/protocol.md says it.
fn seal_of(book: u32, closes_at: u64, bets: &[Placed], worst: i64) -> [u8; 32] {
    let mut head = [0; 32];
    head[..11].copy_from_slice(b"tote seal 1");
    head[16..20].copy_from_slice(&book.to_le_bytes());
    head[24..].copy_from_slice(&closes_at.to_le_bytes());
    let mut chain = *blake3::hash(&head).as_bytes();
    for block in bets.chunks(256) {
        let mut bytes = chain.to_vec();
        for bet in block {
            bytes.extend(bet.ticket.to_le_bytes());
            bytes.extend(bet.account.to_le_bytes());
            bytes.extend(bet.stake.to_le_bytes());
            bytes.extend(bet.number.to_le_bytes());
            bytes.extend([bet.play, bet.place, 0, 0, 0, 0]);
        }
        chain = *blake3::hash(&bytes).as_bytes();
    }
    let mut bytes = chain.to_vec();
    bytes.extend((bets.len() as u64).to_le_bytes());
    bytes.extend(stake_of(bets).to_le_bytes());
    bytes.extend(worst.to_le_bytes());
    *blake3::hash(&bytes).as_bytes()
}

fn stake_of(bets: &[Placed]) -> i64 {
    bets.iter().map(|bet| bet.stake).sum()
}

/// Tickets of one to three bets, by accounts in turn.
fn tickets(count: u64) -> Vec<Ticket> {
    let bet = |seed: u64| {
        let play = if seed.is_multiple_of(3) { ANY_ORDER } else { STRAIGHT };
        (play, (seed * 7 % 90 + 123) as u16 | 1, 10 + (seed % 50) as i64)
    };
    let sound = |bet: &(u8, u16, i64)| bet.0 == STRAIGHT || !bet.1.is_multiple_of(111);
    let ticket = |place: u64| {
        let bets: Vec<_> = (0..=place % 3).map(|more| bet(place * 3 + more)).filter(sound).collect();
        (1 + place % 7, bets)
    };
    (0..count).map(ticket).filter(|(_, bets)| !bets.is_empty()).collect()
}

#[test]
fn a_draw_without_bets_is_sealed_at_its_close() {
    let mut ledger = Ledger::new(1, 16, 256);
    ledger.open_draw(9, FAR, false);
    assert_eq!(ledger.ask(|commands, id| commands.draw_settle(id, 9, [0; 32], &[123, 456])), (DRAW_STATE, 2));
    assert_eq!(ledger.draw(9).0.seal_state, SealState::NotClosed as u8);
    assert_eq!(ledger.ask(|commands, id| commands.draw_close(id, 9)), DONE);
    let view = ledger.draw(9).0;
    assert_eq!(view.seal_state, SealState::Sealed as u8);
    assert_eq!(
        view.closes_at.get(),
        ledger.engine.time(),
        "the cut-off of one closed by command is its tick's time"
    );
    assert_eq!(view.seal, seal_of(9, view.closes_at.get(), &[], 0));
    assert_eq!(
        ledger.ask(|commands, id| commands.draw_settle(id, 9, [0; 32], &[123, 456])),
        (SEAL_DIFFERS, 0)
    );
    let seal = view.seal;
    assert_eq!(ledger.ask(|commands, id| commands.draw_settle(id, 9, seal, &[123, 456])), DONE);
    let view = ledger.draw(9).0;
    assert_eq!((view.state, view.ended_at.get()), (DrawState::Settled as u8, ledger.engine.time()));
    ledger.audit();
}

#[test]
fn a_close_by_command_seals_a_slice_and_each_tick_another() {
    let mut ledger = Ledger::new(7, 16, 700);
    ledger.open_draw(9, FAR, false);
    let mut placed = ledger.place(9, &tickets(700));
    // A ticket that its client takes back is in no seal.
    let gone = placed[300];
    assert_eq!(ledger.ask(|commands, id| commands.ticket_cancel(id, gone.account, gone.ticket)), DONE);
    placed.retain(|bet| bet.ticket != gone.ticket);
    assert!(placed.len() > 1_300 && placed.len() < 1_536, "three slices of 512: {}", placed.len());
    assert_eq!(ledger.ask(|commands, id| commands.draw_close(id, 9)), DONE);
    let view = ledger.draw(9).0;
    assert_eq!((view.seal_state, view.seal), (SealState::UnderWay as u8, [0; 32]));
    assert_eq!((view.sealed_bets.get(), view.sealed_stake.get()), (placed.len() as u64, stake_of(&placed)));
    let closes_at = view.closes_at.get();
    assert_eq!(ledger.engine.next_due(), Some(closes_at), "what is left is due since the close");
    // One that an operator takes back, of a block that is not sealed yet, is in it all the same.
    let voided = placed[1_250];
    assert_eq!(ledger.ask(|commands, id| commands.ticket_void(id, voided.account, voided.ticket)), DONE);
    let pending = ledger.draw(9).0;
    assert_eq!(pending.seal_state, SealState::UnderWay as u8);
    assert!(pending.bets.get() < view.bets.get());
    let answers = ledger.tick(|ledger, commands| commands.draw_settle(ledger.id(), 9, [0; 32], &[1, 2]));
    assert_eq!(answers, [(SEAL_DIFFERS, 0)], "the third slice was made before the command");
    let view = ledger.draw(9).0;
    assert_eq!((view.seal_state, ledger.engine.next_due()), (SealState::Sealed as u8, None));
    assert_eq!(view.worst_payout.get(), worst(&placed));
    assert_eq!(view.seal, seal_of(9, closes_at, &placed, worst(&placed)));
    ledger.audit();
}

#[test]
fn a_result_waits_for_the_seal() {
    let mut ledger = Ledger::new(7, 16, 1);
    ledger.open_draw(9, FAR, false);
    let placed = ledger.place(9, &tickets(300));
    let answers = ledger.tick(|ledger, commands| {
        commands.draw_close(ledger.id(), 9);
        commands.draw_settle(ledger.id(), 9, [0; 32], &[1]);
    });
    assert_eq!(answers, [DONE, (SEAL_PENDING, 256)]);
    let pending = ledger.ask(|commands, id| commands.draw_settle(id, 9, [0; 32], &[1]));
    assert_eq!(pending, (SEAL_PENDING, 512));
    assert!(placed.len() > 512 && placed.len() < 768);
    ledger.pass();
    let seal = ledger.seal(9);
    assert_ne!(seal, [0; 32]);
    assert_eq!(ledger.ask(|commands, id| commands.draw_settle(id, 9, seal, &[1])), (1950, 2));
    assert_eq!(ledger.ask(|commands, id| commands.draw_settle(id, 9, seal, &[1, 1_000])), (2000, 999));
    assert_eq!(ledger.ask(|commands, id| commands.draw_settle(id, 9, seal, &[1, 2])), DONE);
    ledger.audit();
}

#[test]
fn a_draw_that_closes_at_its_time_seals_in_the_same_tick() {
    let mut ledger = Ledger::new(7, 16, 256);
    let closes_at = START + 5 * MS;
    ledger.open_draw(9, closes_at, false);
    let placed = ledger.place(9, &tickets(200));
    assert!(placed.len() > 256 && placed.len() < 512);
    let late = closes_at + 3 * MS;
    let mut commands = engine::command::Commands::new();
    commands.draw_settle(ledger.id(), 9, [0; 32], &[1, 2]);
    assert_eq!(ledger.apply(late, &[commands.as_bytes()]), [(SEAL_PENDING, 256)]);
    assert_eq!(
        ledger.engine.next_due(),
        Some(late),
        "the deadline is the tick's time, not that of the cut-off"
    );
    ledger.pass();
    assert_eq!(ledger.draw(9).0.closes_at.get(), closes_at);
    assert_eq!(ledger.seal(9), seal_of(9, closes_at, &placed, worst(&placed)));
}

#[test]
fn a_draw_made_void_is_sealed_no_further() {
    let mut ledger = Ledger::new(7, 4096, 256);
    ledger.open_draw(9, FAR, false);
    let placed = ledger.place(9, &tickets(300));
    assert_eq!(ledger.ask(|commands, id| commands.draw_close(id, 9)), DONE);
    assert_eq!(ledger.ask(|commands, id| commands.draw_void(id, 9)), DONE);
    ledger.pass();
    let view = ledger.draw(9).0;
    assert_eq!((view.state, view.seal_state), (DrawState::Void as u8, SealState::UnderWay as u8));
    assert_eq!((view.seal, view.sealed_bets.get()), ([0; 32], placed.len() as u64));
    assert_eq!(view.ended_at.get(), ledger.engine.time());
    assert_eq!(ledger.engine.next_due(), None);
    // Its bets were given back, and a draw beside it was not touched.
    assert_eq!(ledger.account(1).available.get(), crate::rig::DEPOSIT);
    ledger.audit();
}

#[test]
fn the_seal_does_not_depend_on_how_it_was_cut() {
    let seals: Vec<_> = [1, 256, 511, 512, 100_000]
        .map(|sealed_per_tick| {
            let mut ledger = Ledger::new(7, 16, sealed_per_tick);
            ledger.open_draw(9, FAR, false);
            ledger.place(9, &tickets(800));
            ledger.ask(|commands, id| commands.draw_close(id, 9));
            for _ in 0..8 {
                ledger.pass();
            }
            ledger.seal(9)
        })
        .to_vec();
    assert_ne!(seals[0], [0; 32]);
    assert!(seals.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn bets_of_a_ticket_over_two_draws_are_in_both_seals() {
    let mut ledger = Ledger::new(1, 16, 256);
    ledger.open_draw(8, FAR, false);
    ledger.open_draw(9, FAR, false);
    let ticket = ledger.id();
    let bets =
        [Bet::new(9, STRAIGHT, 5, 100), Bet::new(8, STRAIGHT, 6, 200), Bet::new(9, ANY_ORDER, 12, 300)];
    let answers = ledger.tick(|ledger, commands| {
        commands.ticket_place(ticket, 1, &bets);
        commands.draw_close(ledger.id(), 8);
        commands.draw_close(ledger.id(), 9);
    });
    assert_eq!(answers, [DONE; 3]);
    let placed = |place: u8| {
        let bet = &bets[usize::from(place)];
        let (stake, number, play) = (bet.stake.get(), bet.number.get(), bet.play);
        Placed { ticket, account: 1, stake, number, play, place }
    };
    let closes_at = ledger.engine.time();
    assert_eq!(ledger.seal(8), seal_of(8, closes_at, &[placed(1)], 200 * 450));
    assert_eq!(ledger.seal(9), seal_of(9, closes_at, &[placed(0), placed(2)], 100 * 450));
}

/// The most that one number would have brought, by the table of the game.
fn worst(bets: &[Placed]) -> i64 {
    let sorted = |number: u16| {
        let mut digits = [number / 100, number / 10 % 10, number % 10];
        digits.sort_unstable();
        digits
    };
    let prize = |bet: &Placed, number: u16| match bet.play {
        STRAIGHT if bet.number == number => bet.stake * 450,
        ANY_ORDER if sorted(bet.number) == sorted(number) => {
            let digits = sorted(number);
            let pair = digits[0] == digits[1] || digits[1] == digits[2];
            let exact = if pair { bet.stake * 151 } else { bet.stake * 151 / 2 };
            exact / 10 * 10
        }
        _ => 0,
    };
    (0..1000).map(|number| bets.iter().map(|bet| prize(bet, number)).sum()).max().unwrap_or(0)
}
