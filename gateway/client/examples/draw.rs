//! A draw from its creation to its end, on a ledger that holds nothing else yet: agents and their commission, tickets, the
//! close and the seal, a result, another result, and a draw that is made void.
//!
//! `tote serve`, and then `cargo run --release -p client --example draw`. Two arguments name another data directory and another
//! address.

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use client::game_file::{GameFile, shipped};
use client::protocol::command::{Bet, Commands, Lane};
use client::protocol::query::{
    AccountView, AuditView, CommissionLine, DrawState, DrawView, MovementKind, PageView, Query, QueryKind,
    SealState, StatementLine, WinnerLine,
};
use client::{ConnectOptions, Connection, OwnedAnswer, new_id};
use zerocopy::{FromBytes, Immutable};

type Done<T> = Result<T, Box<dyn Error>>;

/// The Philippine peso, ISO 4217 number; a minor unit is a centavo.
const PHP: u16 = 608;
/// An agent, one below it, and a player below that.
const MASTER: u64 = 100;
const SELLER: u64 = 101;
const PLAYER: u64 = 102;
/// Two draws.
const DRAW: u32 = 1;
const RAINED_OFF: u32 = 2;

#[tokio::main]
async fn main() -> Done<()> {
    let mut arguments = std::env::args().skip(1);
    let data = PathBuf::from(arguments.next().unwrap_or_else(|| "tote-data".into()));
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:4600".into()).parse()?;
    let file = |name: &str| {
        let path = data.join(name);
        std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let token = String::from_utf8(file("operator.token")?)?.trim().to_owned();
    run(&ConnectOptions::new(address, file("certificate.der")?, token)).await
}

/// All of it.
pub async fn run(options: &ConnectOptions) -> Done<()> {
    let mut node = Connection::connect(options).await?;
    let game = GameFile::parse(shipped::file("pcso_3d").ok_or("no such table")?)?;
    prepare(&mut node, &game).await?;
    sell(&mut node, &game).await?;
    let seal = close(&mut node).await?;
    settle(&mut node, seal).await?;
    correct(&mut node, seal).await?;
    rain_off(&mut node).await?;

    let audit: AuditView =
        read(&mut node, Query::of(QueryKind::Audit, PHP.into())).await?.view().ok_or("no audit")?;
    println!("audit: conserved {}, digests agree {}", audit.conserved, audit.digest_agrees);
    node.close().await;
    Ok(())
}

/// A game, accounts under an agent, commission, and two draws that take bets.
async fn prepare(node: &mut Connection, game: &GameFile) -> Done<()> {
    let mut accounts = Commands::new();
    accounts.account_open(new_id(), MASTER, PHP);
    accounts.account_open_under(new_id(), SELLER, PHP, MASTER);
    accounts.account_open_under(new_id(), PLAYER, PHP, SELLER);
    accounts.deposit(new_id(), PLAYER, 100_00);
    call(node, Lane::Bets, &accounts, "open accounts").await?;

    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos() as u64;
    let in_an_hour = now + 3600 * 1_000_000_000;
    let mut set_up = Commands::new();
    game.write(&mut set_up, new_id());
    // 2 and 5 per cent of what is sold below them, of every draw that closes from now on.
    set_up.commission_set(new_id(), MASTER, 20_000, now, 0);
    set_up.commission_set(new_id(), SELLER, 50_000, now, 0);
    for draw in [DRAW, RAINED_OFF] {
        set_up.draw_create(new_id(), draw, &game.draw(PHP, in_an_hour));
        set_up.draw_open(new_id(), draw);
    }
    call(node, Lane::Operators, &set_up, "set up the draws").await
}

/// One ticket over both draws, and one that cannot be paid for.
async fn sell(node: &mut Connection, game: &GameFile) -> Done<()> {
    let straight = game.code("straight").ok_or("no such play")?;
    let mut tickets = Commands::new();
    let bets = [Bet::new(DRAW, straight, 123, 10_00), Bet::new(RAINED_OFF, straight, 7, 10_00)];
    tickets.ticket_place(new_id(), PLAYER, &bets);
    tickets.ticket_place(new_id(), PLAYER, &[Bet::new(DRAW, straight, 124, 10_00)]);
    tickets.ticket_place(new_id(), PLAYER, &[Bet::new(DRAW, straight, 125, 500_00)]);
    for reply in node.call(Lane::Bets, &tickets).await? {
        println!("ticket: {reply}; available {}", reply.available);
        if reply.is_accepted() {
            println!("room left for each of its bets: {:?}", reply.values);
        }
    }
    Ok(())
}

/// Closes both draws, and waits until their bets are sealed.
async fn close(node: &mut Connection) -> Done<[u8; 32]> {
    let mut close = Commands::new();
    close.draw_close(new_id(), DRAW);
    close.draw_close(new_id(), RAINED_OFF);
    call(node, Lane::Operators, &close, "close the draws").await?;
    let view = wait(node, DRAW, |view| view.seal_state == SealState::Sealed as u8).await?;
    let seal: String = view.seal.iter().map(|byte| format!("{byte:02x}")).collect();
    println!(
        "sealed: {} bets, {} staked, {} at worst, {seal}",
        view.sealed_bets, view.sealed_stake, view.worst_payout
    );
    Ok(view.seal)
}

/// Gives the result that the player has bet on, and shows the winners.
async fn settle(node: &mut Connection, seal: [u8; 32]) -> Done<()> {
    let mut settle = Commands::new();
    settle.draw_settle(new_id(), DRAW, seal, &[123]);
    call(node, Lane::Operators, &settle, "settle the draw").await?;
    wait(node, DRAW, |view| view.ended_at.get() != 0).await?;
    show_winners(node).await?;
    for line in rows::<CommissionLine>(&read(node, Query::of(QueryKind::Commissions, DRAW.into())).await?)? {
        println!("commission: {} to {} of {} sold by {}", line.amount, line.account, line.stake, line.agent);
    }
    Ok(())
}

/// The player takes the prize out; then the result turns out to be wrong, and what cannot be taken back is owed.
async fn correct(node: &mut Connection, seal: [u8; 32]) -> Done<()> {
    let mut withdraw = Commands::new();
    withdraw.withdraw(new_id(), PLAYER, 4_500_00);
    call(node, Lane::Bets, &withdraw, "withdraw").await?;
    let mut correct = Commands::new();
    correct.draw_correct(new_id(), DRAW, seal, &[125]);
    call(node, Lane::Operators, &correct, "correct the result").await?;
    wait(node, DRAW, |view| view.state == DrawState::Settled as u8).await?;
    show_winners(node).await?;

    let view: AccountView =
        read(node, Query::of(QueryKind::Account, PLAYER)).await?.view().ok_or("no account")?;
    println!("player: available {}, owed {}", view.available, view.owed);
    for line in rows::<StatementLine>(&read(node, Query::statement(PLAYER)).await?)? {
        let kind =
            MovementKind::from_code(line.kind).ok_or("a kind of line that this client does not know")?;
        println!("statement: {kind:?} {}, owed {}, available {}", line.amount, line.owed, line.available);
    }
    Ok(())
}

/// Makes the other draw void: its commission is taken back, and its stakes are returned.
async fn rain_off(node: &mut Connection) -> Done<()> {
    let mut void = Commands::new();
    void.draw_void(new_id(), RAINED_OFF);
    call(node, Lane::Operators, &void, "make the draw void").await?;
    let view = wait(node, RAINED_OFF, |view| view.ended_at.get() != 0).await?;
    println!("void: {} bets, commission {}, escrow {}", view.bets, view.commission, view.escrow);
    Ok(())
}

async fn show_winners(node: &mut Connection) -> Done<()> {
    let numbers = read(node, Query::of(QueryKind::Draw, DRAW.into())).await?.numbers().ok_or("no draw")?;
    println!("result: {numbers:?}");
    for line in rows::<WinnerLine>(&read(node, Query::winners(DRAW, 0)).await?)? {
        println!("winner: {} on {:03}, {} of {}", line.account, line.number, line.payout, line.stake);
    }
    Ok(())
}

/// Sends commands that all have to be carried out.
async fn call(node: &mut Connection, lane: Lane, commands: &Commands, what: &str) -> Done<()> {
    let replies = node.call(lane, commands).await?;
    match replies.iter().position(|reply| !reply.is_accepted()) {
        Some(place) => Err(format!("cannot {what}: command {place} is {}", replies[place]).into()),
        None => Ok(()),
    }
}

async fn read(node: &mut Connection, query: Query) -> Done<OwnedAnswer> {
    let answer = node.read(&[query]).await?.pop().ok_or("no answer")?;
    if answer.header.code.get() != 0 {
        return Err(format!("cannot read: {}", answer.code()).into());
    }
    Ok(answer)
}

/// The rows of a page. Where its `more` is 1 there are further ones; here, there are too few.
fn rows<Row: FromBytes + Immutable + Copy>(page: &OwnedAnswer) -> Done<Vec<Row>> {
    page.rest::<PageView, Row>().ok_or_else(|| "no page".into())
}

/// Reads a draw until it is as wanted.
async fn wait(node: &mut Connection, draw: u32, is_so: impl Fn(&DrawView) -> bool) -> Done<DrawView> {
    loop {
        let view: DrawView =
            read(node, Query::of(QueryKind::Draw, draw.into())).await?.view().ok_or("no draw")?;
        if is_so(&view) {
            return Ok(view);
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
