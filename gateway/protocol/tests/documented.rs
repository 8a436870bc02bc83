//! Holds docs/protocol.md to the code: every layout, every number, and one dump per kind of frame.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::mem::offset_of;

use protocol::command::{self, Bet, Commands};
use protocol::error::{ERROR_TEXT_BYTES_MAX, ErrorCode, ErrorHeader, push_error};
use protocol::frame::{self, FrameHeader, push_frame};
use protocol::handshake::{Hello, TOKEN_BYTES_MAX, Welcome, push_hello, push_welcome};
use protocol::pieces::{PieceHeader, push_pieces};
use protocol::query::{self, Query, QueryKind};
use protocol::refusal::{Malformed, Refusal};
use protocol::reply::{self, push_accepted};
use protocol::unavailable::Unavailable;
use zerocopy::IntoBytes;

const PAGE: &str = include_str!("../../../docs/protocol.md");

/// Name, bytes, and fields with their offsets.
type Layout = (&'static str, usize, Vec<(&'static str, usize)>);

macro_rules! layout {
    ($path:path as $name:ident { $($field:ident),* }) => {{
        use $path as $name;
        (stringify!($name), size_of::<$name>(), vec![$((stringify!($field), offset_of!($name, $field))),*])
    }};
}

#[rustfmt::skip]
fn layouts() -> Vec<Layout> {
    vec![
        layout!(FrameHeader as FrameHeader { len, kind, flags, count, correlation }),
        layout!(Hello as Hello { version, reserved, token_len, terminal, reserved_too }),
        layout!(Welcome as Welcome { version, reserved, frame_bytes_max, frame_commands_max, credit_commands,
            credit_frames, streams_max, cluster, tick, time }),
        layout!(PieceHeader as PieceHeader { first, reserved, reserved_too }),
        layout!(ErrorHeader as ErrorHeader { code, fatal, reserved, text_len, right }),
        layout!(command::Header as Header { len, kind, count, actor, channel, reserved, terminal, id, owner }),
        layout!(command::Bet as Bet { stake, book, number, play, reserved }),
        layout!(command::TicketCancel as TicketCancel { ticket }),
        layout!(command::AccountOpen as AccountOpen { currency, reserved, parent }),
        layout!(command::Movement as Movement { amount, reference, dated_ms }),
        layout!(command::Transfer as Transfer { to, amount }),
        layout!(command::HoldPlace as HoldPlace { amount, expires_at }),
        layout!(command::HoldPost as HoldPost { hold, amount }),
        layout!(command::HoldVoid as HoldVoid { hold }),
        layout!(command::GameDefine as GameDefine { version, symbols, length, results, rounding, reserved,
            stake_min, stake_max, rounding_unit, tax_over, tax_ppm, reserved2, tier }),
        layout!(command::Play as Play { code, matching, positions, group, lines, prizes, reserved }),
        layout!(command::Prize as Prize { orders, tier, level, denominator, numerator }),
        layout!(command::DrawCreate as DrawCreate { game, opens_at, closes_at, settles_at, version, currency,
            cancellable, confirmed, reserved, payout_limit, draw_stake_limit, draw_payout_limit, stake_limit }),
        layout!(command::LimitSet as LimitSet { scope, play, number, reserved, limit }),
        layout!(command::NumberBlock as NumberBlock { number, blocked, reserved }),
        layout!(command::DrawResult as DrawResult { seal }),
        layout!(command::AccountStatus as AccountStatus { status, reserved }),
        layout!(command::AccountCredit as AccountCredit { limit }),
        layout!(command::AccountExclude as AccountExclude { until }),
        layout!(command::AccountLimit as AccountLimit { of, window, reserved, limit }),
        layout!(command::OwedAdd as OwedAdd { amount }),
        layout!(command::OwedWriteOff as OwedWriteOff { amount }),
        layout!(command::PrincipalSet as PrincipalSet { account }),
        layout!(command::AccountParent as AccountParent { parent }),
        layout!(command::CommissionSet as CommissionSet { ppm, reserved, from, until }),
        layout!(command::Genesis as Genesis { cluster, hash_key, id_window_ns, id_ahead_ns, refused_ids_max,
            payouts_per_tick, accounts_max, tickets_max, books_max, partitions, reserved, limit_raise_delay_ns,
            holds_max, limited_accounts_max, references_max, sealed_per_tick, retention_ns, tree_accounts_max,
            commission_accounts_max, movements_max, reserved_too }),
        layout!(command::Quarantine as Quarantine { tick, command, who_bytes, why_bytes }),
        layout!(reply::ReplyHeader as ReplyHeader { len, code, flags, bet, count, reserved, tick, available }),
        layout!(query::Query as Query { kind, play, number, reserved, owner, id }),
        layout!(query::AnswerHeader as AnswerHeader { len, code, kind, count, reserved, tick }),
        layout!(query::AccountView as AccountView { account, available, held, owed, credit_limit, excluded_until,
            currency, status, reserved, tickets, holds, reserved_too, parent }),
        layout!(query::HoldView as HoldView { id, amount, posted, expires_at, state, reserved }),
        layout!(query::TicketView as TicketView { id, account, accepted, cancelled, reserved }),
        layout!(query::BetView as BetView { stake, payout, book, number, play, state }),
        layout!(query::DrawView as DrawView { game, opens_at, closes_at, stake, escrow, paid, bets, winners,
            winners_paid, book, version, currency, state, results, seal_state, corrections, reserved, seal,
            sealed_bets, sealed_stake, worst_payout, commission, ended_at }),
        layout!(query::RoomView as RoomView { room, stake, payout }),
        layout!(query::PageView as PageView { next, more, reserved }),
        layout!(query::TicketLine as TicketLine { id, accepted, stake, payout, bets, state, reserved }),
        layout!(query::DrawLine as DrawLine { game, closes_at, stake, bets, book, version, state, reserved }),
        layout!(query::WinnerLine as WinnerLine { ticket, account, stake, payout, number, play, place, paid, reserved }),
        layout!(query::LimitsView as LimitsView { payout_limit, draw_stake_limit, draw_payout_limit, stake_limit }),
        layout!(query::LimitLine as LimitLine { limit, number, play, scope, reserved }),
        layout!(query::StatementLine as StatementLine { subject, available, amount, owed, tick, kind, reserved }),
        layout!(query::CommissionLine as CommissionLine { agent, account, stake, amount, ppm, reversed, reserved }),
        layout!(query::PeriodLine as PeriodLine { from, until, ppm, reserved }),
        layout!(query::LedgerView as LedgerView { cluster, time, digest, accounts, tickets, open_bets, used_bytes,
            remembered_ids }),
        layout!(query::AuditView as AuditView { digest, digest_of_rows, cash_in, cash_out, accounts, owed, escrow,
            house, tax, rounding, commission, open_stake, conserved, digest_agrees, reserved }),
    ]
}

/// One frame of each kind.
fn frames() -> BTreeMap<&'static str, Vec<u8>> {
    const ID: u128 = 0x019a_a0f1_5c00_7abc_8def_0123_4567_89ab;
    let write = |write: &dyn Fn(&mut Vec<u8>)| {
        let mut out = Vec::new();
        write(&mut out);
        out
    };
    let mut bets = Commands::new();
    bets.ticket_place(ID, 5, &[Bet::new(1, 1, 123, 10_00)]);
    let mut operators = Commands::new();
    operators.draw_open(ID, 1);
    let mut replies = Vec::new();
    push_accepted(&mut replies, 0, 42, 90_00, &[990_00.into()]);
    let answer = query::AnswerHeader {
        len: 16.into(),
        code: (Refusal::AccountUnknown as u16).into(),
        kind: QueryKind::Account as u8,
        count: 0,
        reserved: [0; 2],
        tick: 42.into(),
    };
    let welcome = Welcome {
        version: 1.into(),
        reserved: 0.into(),
        frame_bytes_max: 262_144.into(),
        frame_commands_max: 4096.into(),
        credit_commands: 16_384.into(),
        credit_frames: 256.into(),
        streams_max: 16.into(),
        cluster: ID.into(),
        tick: 42.into(),
        time: 1_763_690_000_000_000_000.into(),
    };
    let about = FrameHeader::new(frame::Kind::Bets, 2, 7, 56);
    BTreeMap::from([
        ("Hello", write(&|out| push_hello(out, 3, "0123456789"))),
        ("Bets", write(&|out| push_frame(out, frame::Kind::Bets, 1, 7, &[bets.as_bytes()]))),
        ("Operators", write(&|out| push_frame(out, frame::Kind::Operators, 1, 8, &[operators.as_bytes()]))),
        ("Reads", {
            let query = Query::of(QueryKind::Account, 5);
            write(&|out| push_frame(out, frame::Kind::Reads, 1, 9, &[query.as_bytes()]))
        }),
        ("Ping", write(&|out| push_frame(out, frame::Kind::Ping, 0, 10, &[]))),
        ("Welcome", write(&|out| push_welcome(out, &welcome))),
        ("Replies", write(&|out| push_pieces(out, frame::Kind::Replies, 7, 0, 1, &replies))),
        ("Answers", write(&|out| push_pieces(out, frame::Kind::Answers, 9, 0, 1, answer.as_bytes()))),
        ("Pong", write(&|out| push_frame(out, frame::Kind::Pong, 0, 10, &[]))),
        ("Error", {
            let text = "the header counts 2 commands, the body holds 1";
            write(&|out| push_error(out, Some(&about), ErrorCode::CountMismatch, 1u64, text))
        }),
    ])
}

fn dump(bytes: &[u8]) -> String {
    let line = |(place, line): (usize, &[u8])| {
        let hex: Vec<_> = line.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{:04x}  {}\n", place * 16, hex.join(" "))
    };
    bytes.chunks(16).enumerate().map(line).collect()
}

#[test]
fn the_dumps_are_what_the_code_writes() {
    let mut documented = BTreeMap::new();
    for block in PAGE.split("```hex ").skip(1) {
        let (name, rest) = block.split_once('\n').expect("a name");
        let (text, _) = rest.split_once("```").expect("an end");
        assert_eq!(documented.insert(name, text.to_owned()), None, "one dump per kind");
    }
    let written: BTreeMap<_, _> = frames().into_iter().map(|(name, bytes)| (name, dump(&bytes))).collect();
    assert_eq!(documented, written);
    let kinds = (0..=u8::MAX).filter_map(frame::Kind::from_code).map(|kind| format!("{kind:?}"));
    assert!(kinds.into_iter().all(|kind| written.contains_key(kind.as_str())), "every kind has a dump");
}

#[test]
fn the_tables_of_fields_are_the_layouts() {
    let mut documented = Vec::new();
    for section in PAGE.split("\n### `").skip(1) {
        let (name, rest) = section.split_once("`: ").expect("a name");
        let bytes = rest.split_once(" bytes").expect("its bytes").0.parse().expect("a number");
        let mut fields = Vec::new();
        let mut end = 0;
        for row in rest.lines().skip_while(|line| !line.starts_with("|---")).skip(1) {
            let Some(row) = row.strip_prefix("| ") else { break };
            let cells: Vec<_> = row.split(" | ").collect();
            let number = |cell: &str| cell.parse::<usize>().expect("a number");
            assert_eq!(number(cells[0]), end, "{name} has no gaps");
            end += number(cells[1]);
            fields.push((cells[2].trim_matches('`'), number(cells[0])));
        }
        assert_eq!(end, bytes, "the fields of {name} fill it");
        documented.push((name, bytes, fields));
    }
    assert_eq!(documented, layouts());
}

#[test]
fn the_bounds_are_the_constants() {
    let row = |line: &'static str| {
        let (name, rest) = line.strip_prefix("| `")?.split_once("` | ")?;
        Some((name, rest.strip_suffix(" |")?.replace(',', "").parse::<i64>().ok()?))
    };
    let documented: Vec<_> = PAGE.lines().filter_map(row).collect();
    assert_eq!(
        documented,
        [
            ("FRAME_BYTES_MAX", frame::FRAME_BYTES_MAX as i64),
            ("FRAME_COMMANDS_MAX", frame::FRAME_COMMANDS_MAX as i64),
            ("TOKEN_BYTES_MAX", TOKEN_BYTES_MAX as i64),
            ("ERROR_TEXT_BYTES_MAX", ERROR_TEXT_BYTES_MAX as i64),
            ("VERSION", protocol::VERSION.into()),
            ("TICKET_BETS_MAX", command::TICKET_BETS_MAX as i64),
            ("AMOUNT_MAX", command::AMOUNT_MAX),
            ("GAME_PLAYS_MAX", command::GAME_PLAYS_MAX as i64),
            ("GAME_GROUPS_MAX", command::GAME_GROUPS_MAX as i64),
            ("PLAY_PRIZES_MAX", command::PLAY_PRIZES_MAX as i64),
            ("RESULTS_MAX", command::RESULTS_MAX as i64),
            ("TIERS_MAX", command::TIERS_MAX as i64),
            ("LENGTH_MAX", command::LENGTH_MAX as i64),
            ("ROUNDING_UNIT_MAX", command::ROUNDING_UNIT_MAX),
            ("PPM", command::PPM.into()),
            ("LINES_BY_ORDERS", command::LINES_BY_ORDERS.into()),
            ("PRIZE_RATIO_MAX", command::PRIZE_RATIO_MAX as i64),
            ("NO_LIMIT", command::NO_LIMIT),
            ("CLEAR_OVERRIDE", command::CLEAR_OVERRIDE),
            ("COMMAND_BYTES_MAX", command::COMMAND_BYTES_MAX as i64),
            ("AGENT_DEPTH_MAX", command::AGENT_DEPTH_MAX as i64),
            ("PERIODS_MAX", command::PERIODS_MAX as i64),
            ("PRINCIPALS_MAX", command::PRINCIPALS_MAX.into()),
            ("REPEATED", reply::REPEATED.into()),
            ("NO_BET", reply::NO_BET.into()),
        ]
    );
}

/// Rows of the tables that begin with a number and a name.
fn numbered() -> Vec<(&'static str, &'static str)> {
    let row = |line: &'static str| {
        let (number, rest) = line.strip_prefix("| ")?.split_once(" | `")?;
        number.parse::<u16>().ok()?;
        Some((number, rest.split_once("` |")?.0))
    };
    PAGE.lines().filter_map(row).collect()
}

#[test]
fn the_tables_of_numbers_are_the_codes() {
    let rows = numbered();
    let holds = |number: u16, name: &dyn Debug| {
        let (number, name) = (number.to_string(), format!("{name:?}"));
        assert!(rows.contains(&(number.as_str(), name.as_str())), "{number} {name} is missing");
    };
    Refusal::ALL.iter().for_each(|code| holds(*code as u16, code));
    Malformed::ALL.iter().for_each(|code| holds(*code as u16, code));
    ErrorCode::ALL.iter().for_each(|code| holds(*code as u16, code));
    let mut others = 0;
    for number in 0..=u8::MAX {
        let known: [Option<String>; 15] = [
            frame::Kind::from_code(number).map(|kind| format!("{kind:?}")),
            command::Kind::from_code(number).map(|kind| format!("{kind:?}")),
            QueryKind::from_code(number).map(|kind| format!("{kind:?}")),
            query::MovementKind::from_code(number).map(|kind| format!("{kind:?}")),
            query::DrawState::from_code(number).map(|state| format!("{state:?}")),
            query::SealState::from_code(number).map(|state| format!("{state:?}")),
            query::BetState::from_code(number).map(|state| format!("{state:?}")),
            query::HoldState::from_code(number).map(|state| format!("{state:?}")),
            command::Matching::from_code(number).map(|matching| format!("{matching:?}")),
            command::Rounding::from_code(number).map(|rounding| format!("{rounding:?}")),
            command::LimitScope::from_code(number).map(|scope| format!("{scope:?}")),
            command::Standing::from_code(number).map(|standing| format!("{standing:?}")),
            command::LimitOf::from_code(number).map(|of| format!("{of:?}")),
            command::LimitWindow::from_code(number).map(|window| format!("{window:?}")),
            Unavailable::from_code(number.into()).map(|reason| format!("{reason:?}")),
        ];
        for name in known.into_iter().flatten() {
            assert!(
                rows.contains(&(number.to_string().as_str(), name.as_str())),
                "{number} {name} is missing"
            );
            others += 1;
        }
    }
    let coded = Refusal::ALL.len() + Malformed::ALL.len() + ErrorCode::ALL.len();
    assert_eq!(rows.len(), coded + others, "nothing else is numbered");
}
