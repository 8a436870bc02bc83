//! Apply with everything resident:
//! `cargo bench --bench resident [open bets] [accounts] [commands per tick] [shards] [commands of each further stream]`.
//!
//! Prints the rate over the whole fill and over its last tenth, when the tables are at their largest; then that of a
//! million tickets more of which nine in ten are on one number, of a million of which nine in ten are one account's, and
//! of a million transfers that are one chain; then how long the ticks take that seal a draw.

use std::time::{Duration, Instant};

use benches::{Heat, Ledger};
use engine::Arena;
use engine::command::Commands;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let mut figures = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let open = figures.next().unwrap_or(11_600_000);
    let accounts = figures.next().unwrap_or(1_000_000);
    let per_tick = figures.next().unwrap_or(4096);
    let shards = figures.next().unwrap_or(1) as usize;
    let more = figures.next().unwrap_or(1_000_000);

    // Backed before it is used, as a node's is: what is measured is `apply`, not the system's clearing of pages.
    let arena = Arena::new(((open + 4 * more) * 96 + accounts * 256 + (64 << 20)) as usize);
    if !host::back_whole(&arena) {
        eprintln!("memory cannot be backed ahead here: the figures hold first touches");
    }
    let mut ledger = Ledger::within(arena, accounts, 3);
    // Nothing else runs here, so that shards may wait awake for each other.
    let config = host::CrewConfig { shards, spin: Duration::from_micros(200), cores: Vec::new() };
    let mut crew = host::Crew::start(&config).expect("threads start");
    let mut commands = Commands::new();
    let ticks = open.div_ceil(per_tick);
    let (mut whole, mut tail) = (0.0, 0.0);
    let mut tail_ticks = 0;
    let mut seconds_of = Vec::new();
    for tick in 0..ticks {
        let seconds = self::tick(&mut ledger, &mut commands, per_tick, &mut crew);
        whole += seconds;
        seconds_of.push(seconds);
        if tick >= ticks - ticks.div_ceil(10) {
            tail += seconds;
            tail_ticks += 1;
        }
    }
    let sizes = ledger.engine.sizes().expect("the ledger has begun");
    let bets = (ticks * per_tick) as f64;
    println!("open bets          {}", sizes.open_bets);
    println!("accounts           {}", sizes.accounts);
    let told = ledger.engine.deciding();
    println!("shards             {shards}, {:.2} rounds a run", told.rounds as f64 / told.runs.max(1) as f64);
    println!("tickets/s          {:.2} M", bets / whole / 1e6);
    println!("tickets/s at end   {:.2} M", (tail_ticks * per_tick) as f64 / tail / 1e6);
    seconds_of.sort_by(f64::total_cmp);
    // Where other work takes the cores away, the quickest ticks are those that it did not touch.
    let [quick, slowest] = [seconds_of[seconds_of.len() / 10], seconds_of[seconds_of.len() - 1]];
    println!(
        "slowest tick       {:.0} us of {per_tick} commands; a tenth take {:.0} us at most",
        slowest * 1e6,
        quick * 1e6
    );
    println!("used bytes a bet   {:.1}", sizes.used_bytes.get() as f64 / bets);
    for (name, heat) in [
        ("one number", Heat::Number),
        ("one account", Heat::Account),
        ("even again", Heat::Even),
        ("transfers", Heat::Transfers),
    ] {
        ledger.heat = heat;
        let mut seconds = 0.0;
        for _ in 0..more.div_ceil(per_tick) {
            seconds += tick(&mut ledger, &mut commands, per_tick, &mut crew);
        }
        let rate = (more.div_ceil(per_tick) * per_tick) as f64 / seconds / 1e6;
        let what = if heat == Heat::Transfers { "chained/s," } else { "tickets/s," };
        println!("{what} {name:<12} {rate:.2} M");
    }
    seal(&mut ledger);
}

/// Closes a draw, and times the ticks that seal it, of which none has another command.
fn seal(ledger: &mut Ledger) {
    let mut commands = Commands::new();
    ledger.close(&mut commands, 1);
    let (mut ticks, mut whole, mut slowest) = (0, 0.0, 0.0f64);
    let is_due = |ledger: &Ledger| ledger.engine.next_due().is_some_and(|due| due <= ledger.engine.time());
    while ticks == 0 || is_due(ledger) {
        let begun = Instant::now();
        ledger.apply(commands.as_bytes());
        let seconds = begun.elapsed().as_secs_f64();
        commands.clear();
        (ticks, whole, slowest) = (ticks + 1, whole + seconds, slowest.max(seconds));
    }
    println!(
        "sealing a draw     {:.0} ms in {ticks} ticks, the slowest {:.0} us",
        whole * 1e3,
        slowest * 1e6
    );
}

/// Makes a tick, applies it, and returns the seconds that this took.
fn tick(ledger: &mut Ledger, commands: &mut Commands, count: u64, crew: &mut host::Crew) -> f64 {
    commands.clear();
    ledger.tickets(commands, count as usize);
    let begun = Instant::now();
    ledger.apply_on(commands.as_bytes(), crew);
    let seconds = begun.elapsed().as_secs_f64();
    assert_eq!(ledger.out.accepted as u64, count, "every command of this benchmark is accepted");
    seconds
}
