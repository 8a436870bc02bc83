//! A cut shows the ledger as it was, whatever is written after it; what is applied again, or cut into other ticks, comes
//! out the same; and a log begins once.

use engine::{Cut, Engine, Outbox, Tick};
use tests::bridge;
use tests::model::{Ask, AuditSeen, Bet, Command, Draw, Game, MS, NO_LIMIT, Parameters, Reply, SECOND};
use tests::pair::{Pair, START};
use tests::traffic::{Random, Traffic};

const CURRENCIES: [u16; 2] = [608, 840];

fn audits(cut: &Cut) -> Vec<AuditSeen> {
    CURRENCIES.map(|currency| bridge::audit(&cut.audit(currency))).to_vec()
}

#[test]
fn a_cut_shows_the_old_state_while_writing_goes_on() {
    let mut traffic = Traffic::new(4);
    let mut pair = Pair::new(traffic.rules());
    let mut kept = Vec::new();
    for tick in 0..400 {
        if tick % 40 == 0 {
            let cut = pair.engine.cut();
            let then: Vec<AuditSeen> = CURRENCIES.map(|currency| pair.model.audit(currency)).to_vec();
            kept.push((cut, pair.engine.tick(), pair.engine.digest(), then));
        }
        let (time, commands) = traffic.tick(&pair.model);
        pair.tick(time, &commands);
    }
    assert!(kept.windows(2).all(|pair| pair[0].2 != pair[1].2), "every cut is of another state");
    // Every second one is let go before the others are read: the pages it shared stay theirs.
    let mut place = 0;
    kept.retain(|_| {
        place += 1;
        place % 2 == 0
    });
    let read = std::thread::spawn(move || {
        for (cut, tick, digest, then) in &kept {
            assert_eq!(cut.tick(), *tick);
            assert_eq!(audits(cut), *then, "the cut of tick {tick}");
            assert_eq!(cut.audit(608).digest.get(), *digest, "the digest of tick {tick}");
        }
        kept.len()
    });
    for _ in 0..100 {
        let (time, commands) = traffic.tick(&pair.model);
        pair.tick(time, &commands);
    }
    assert_eq!(read.join().expect("the cuts show what was"), 5);
    pair.compare_all();
}

#[test]
fn the_same_ticks_give_the_same_bytes_and_the_same_digest() {
    let mut traffic = Traffic::new(1);
    let rules = traffic.rules();
    let mut pair = Pair::new(rules);
    let mut again = Engine::new();
    let mut out = Outbox::default();
    again.apply(&Tick { number: 1, time: START, commands: &bridge::genesis(&rules) }, &mut out);
    for _ in 0..200 {
        let (time, commands) = traffic.tick(&pair.model);
        let replies = pair.tick(time, &commands);
        // What the edge stamps besides the principal differs here from what the pair stamped.
        let bytes: Vec<u8> = commands.iter().flat_map(bridge::bytes).collect();
        out.clear();
        again.apply(&Tick { number: pair.model.tick(), time, commands: &bytes }, &mut out);
        assert_eq!(bridge::replies(&out.replies), replies);
        assert_eq!(again.digest(), pair.engine.digest(), "the digest of tick {}", pair.model.tick());
    }
}

#[test]
fn commands_cut_into_other_ticks_change_nothing_but_tick_numbers() {
    let mut heard = Vec::new();
    for per_tick in [1, 7, 400] {
        let mut pair = Pair::new(Parameters::default());
        let mut replies = Vec::new();
        for (tick, commands) in contended(400).chunks(per_tick).enumerate() {
            // All within one millisecond, with nothing due: time makes no difference.
            replies.extend(pair.tick(START + 1 + tick as u64, commands));
        }
        pair.compare_all();
        let balances: Vec<_> = pair.model.accounts().map(|account| pair.model.account(account)).collect();
        let but_ticks: Vec<_> = replies.into_iter().map(|reply| Reply { tick: 0, ..reply }).collect();
        assert!(but_ticks.iter().any(|reply| reply.refused.is_some_and(|refused| refused.bet.is_some())));
        heard.push((but_ticks, balances));
    }
    assert!(heard.windows(2).all(|pair| pair[0] == pair[1]), "the same replies and the same balances");
}

/// Three accounts with little money, who want the same few numbers of one draw, and take tickets back.
fn contended(count: u64) -> Vec<Command> {
    let mut random = Random::new(3);
    let mut asks = vec![Ask::DefineGame { game: 1, version: 1, table: Game::pcso_3d() }];
    for account in 1..=3 {
        asks.push(Ask::OpenAccount { account, currency: 608, parent: 0 });
        asks.push(Ask::Deposit { account, amount: 300_00 });
    }
    let closes_at = START + 60 * SECOND;
    let mut stake_limits = [0; 8];
    stake_limits[..2].copy_from_slice(&[40_00, 60_00]);
    let draw = Draw {
        game: 1,
        version: 1,
        opens_at: 0,
        closes_at,
        settles_at: closes_at,
        currency: 608,
        cancellable: true,
        confirmed: false,
        payout_limit: 20_000_00,
        draw_stake_limit: NO_LIMIT,
        draw_payout_limit: NO_LIMIT,
        stake_limits,
    };
    asks.push(Ask::CreateDraw { book: 1, draw });
    asks.push(Ask::OpenDraw { book: 1 });
    let first = asks.len() as u64;
    for at in first..count {
        let account = 1 + random.below(3);
        asks.push(if random.one_in(4) {
            let ticket = bridge::id(START / MS, random.below(at));
            Ask::Cancel { account, ticket }
        } else {
            let (play, number) = (random.of(&[1, 2]), random.of(&[123, 321, 112]));
            let stake = 1_00 + random.below(20_00) as i64;
            Ask::Place { account, bets: vec![Bet { book: 1, play, number, stake }] }
        });
    }
    let command = |(at, ask)| Command { id: bridge::id(START / MS, at as u64), actor: 1, ask };
    asks.into_iter().enumerate().map(command).collect()
}

#[test]
fn a_log_begins_with_its_genesis_and_only_once() {
    const GENESIS_MISPLACED: u16 = 3000;
    // The id is looked at before anything else, and that of a genesis is older than every floor.
    const ID_EXPIRED: u16 = 200;
    let genesis = bridge::genesis(&Parameters::default());
    let mut account = engine::command::Commands::new();
    account.account_open(bridge::id(START / 1_000_000, 1), 1, 608);
    let commands = [account.as_bytes(), &genesis, &genesis, account.as_bytes()].concat();
    let mut engine = Engine::new();
    let mut out = Outbox::default();
    engine.apply(&Tick { number: 1, time: START, commands: &commands }, &mut out);
    let mut codes = Vec::new();
    let mut rest = &out.replies[..];
    while let Some((reply, behind)) = engine::reply::Reply::split(rest) {
        codes.push(reply.header.code.get());
        rest = behind;
    }
    assert_eq!(codes, [GENESIS_MISPLACED, 0, ID_EXPIRED, 0]);
}
