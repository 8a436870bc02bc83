//! Memory as draws come and go: `cargo bench --bench generations [open bets] [accounts] [draws that go] [per tick]`.
//!
//! Three draws are open, each planned for a day of its own. Then, again and again, the oldest closes, is settled and leaves
//! memory past its retention, and a new one takes as many bets. Prints the used memory a bet before and after, the slowest
//! ticks of each round, and the rate at which the new draw was filled.

use benches::{DAY_NS, Ledger};
use engine::Arena;
use engine::command::Commands;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// From one draw to the next.
const DAYS: u64 = 3;

fn main() {
    let mut figures = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let open = figures.next().unwrap_or(11_600_000);
    let accounts = figures.next().unwrap_or(1_000_000);
    let rounds = figures.next().unwrap_or(10);
    let per_tick = figures.next().unwrap_or(4096);

    let arena = Arena::new((open * 144 + accounts * 512 + (256 << 20)) as usize);
    if !host::back_whole(&arena) {
        eprintln!("memory cannot be backed ahead here: the figures hold first touches");
    }
    let mut ledger = Ledger::within(arena, accounts, 0);
    // What opened and funded the accounts is remembered for a day; that day passes.
    ledger.now += DAY_NS + 20_000_000_000;
    (0..4_000).for_each(|_| ledger.apply(&[]));
    for draw in 1..=3 {
        ledger.open_draw(draw, DAYS * u64::from(draw));
        ledger.draws = vec![draw];
        fill(&mut ledger, open / 3, per_tick);
    }
    show(&ledger, "at first");
    ledger.now += (DAYS - 1) * DAY_NS;
    for round in 1..=rounds {
        let (gone, new) = (round as u32, round as u32 + 3);
        let (ticks, settling) = ledger.settle_draw(gone, 123);
        // Its day ends, and so does its retention, before the next closes.
        ledger.now += DAYS * DAY_NS;
        let sizes = |ledger: &Ledger| ledger.engine.sizes().expect("the ledger has begun");
        let before = sizes(&ledger).tickets.get();
        let leaving = (0..4_000).map(|_| ledger.timed(&[])).fold(0.0, f64::max);
        let left = before - sizes(&ledger).tickets.get();
        ledger.open_draw(new, 2 * DAYS + 1);
        ledger.draws = vec![new];
        let rate = fill(&mut ledger, open / 3, per_tick);
        println!(
            "round {round}: sealed and paid in {ticks} ticks, the slowest {:.1} ms; {left} tickets left, slowest tick \
             {:.1} ms; refilled at {rate:.2} M tickets/s",
            settling * 1e3,
            leaving * 1e3
        );
    }
    show(&ledger, "at last");
}

/// Places tickets on the draws of the ledger; returns millions a second.
fn fill(ledger: &mut Ledger, tickets: u64, per_tick: u64) -> f64 {
    let (mut commands, mut seconds) = (Commands::new(), 0.0);
    let ticks = tickets.div_ceil(per_tick);
    for _ in 0..ticks {
        commands.clear();
        ledger.tickets(&mut commands, per_tick as usize);
        seconds += ledger.timed(commands.as_bytes());
        assert_eq!(ledger.out.accepted as u64, per_tick, "every ticket of this benchmark is accepted");
    }
    (ticks * per_tick) as f64 / seconds / 1e6
}

fn show(ledger: &Ledger, when: &str) {
    let sizes = ledger.engine.sizes().expect("the ledger has begun");
    let (bets, bytes) = (sizes.open_bets.get(), sizes.used_bytes.get());
    println!(
        "{when}: {bets} open bets, {} tickets, {:.1} used bytes a bet",
        sizes.tickets,
        bytes as f64 / bets as f64
    );
}
