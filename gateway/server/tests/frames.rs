//! Frames that are wrong: which of them the connection survives, and what would have been right.

mod rig;

use protocol::query::{Query, QueryKind};
use rig::{ACCOUNT, Rig, id, open_draw, tickets};
use zerocopy::IntoBytes;

#[tokio::test]
async fn a_frame_that_makes_no_sense_costs_only_itself() {
    let directory = tempfile::tempdir().expect("a directory");
    let rig = Rig::start(directory.path(), &[]).await;
    let mut raw = rig.raw(true).await;
    let one = tickets([id(100)]);
    let query = Query::of(QueryKind::Ledger, 0);
    raw.frame(0, 0, 0, 1, &[]).await;
    raw.frame(6, 0, 0, 2, &[]).await;
    raw.frame(130, 0, 1, 3, &[0; 8]).await;
    raw.frame(2, 1, 1, 4, one.as_bytes()).await;
    raw.frame(2, 0, 0, 5, &[]).await;
    raw.frame(2, 0, 4097, 6, one.as_bytes()).await;
    raw.frame(2, 0, 2, 7, one.as_bytes()).await;
    raw.frame(2, 0, 1, 8, &[one.as_bytes(), one.as_bytes()].concat()).await;
    raw.frame(4, 0, 2, 9, query.as_bytes()).await;
    raw.frame(5, 0, 0, 10, &[0; 8]).await;
    raw.frame(1, 0, 0, 11, &[0; 24]).await;
    raw.frame(5, 0, 0, 12, &[]).await;
    let mut told = Vec::new();
    for _ in 0..12 {
        told.push(raw.next().await);
    }
    assert_eq!(
        told,
        [
            "KindUnknown right 5 about 1 fatal 0",
            "KindUnknown right 5 about 2 fatal 0",
            "KindUnknown right 5 about 3 fatal 0",
            "FlagsNotZero right 0 about 4 fatal 0",
            "CountOutside right 4096 about 5 fatal 0",
            "CountOutside right 4096 about 6 fatal 0",
            "CountMismatch right 1 about 7 fatal 0",
            "CountMismatch right 2 about 8 fatal 0",
            "LengthMismatch right 80 about 9 fatal 0",
            "LengthMismatch right 16 about 10 fatal 0",
            "HelloRepeated right 0 about 11 fatal 0",
            "Pong 12",
        ]
    );
    assert_eq!((rig.counts.frames.get(), rig.counts.frames_rejected.get()), (12, 11));
    rig.stop().await;
}

#[tokio::test]
async fn broken_framing_ends_the_connection_with_the_reason() {
    let directory = tempfile::tempdir().expect("a directory");
    let rig = Rig::start(directory.path(), &[]).await;
    for (len, first, then) in [
        (0, "FrameTooShort right 16 about 0 fatal 1", "closed 5"),
        (15, "FrameTooShort right 16 about 0 fatal 1", "closed 5"),
        (u32::MAX, "FrameTooLarge right 262144 about 0 fatal 1", "closed 6"),
        (262_152, "FrameTooLarge right 262144 about 0 fatal 1", "closed 6"),
        (73, "FrameUneven right 80 about 0 fatal 1", "closed 7"),
    ] {
        let mut raw = rig.raw(true).await;
        raw.header(len).await;
        assert_eq!([raw.next().await, raw.next().await], [first, then]);
    }
    let mut raw = rig.raw(true).await;
    raw.header(72).await;
    raw.send.finish().expect("still open");
    assert_eq!([raw.next().await, raw.next().await], ["FrameCutShort right 56 about 0 fatal 1", "closed 8"]);
    rig.stop().await;
}

#[tokio::test]
async fn commands_that_are_wrong_are_answered_each_and_their_neighbours_carried_out() {
    let directory = tempfile::tempdir().expect("a directory");
    let rig = Rig::start(directory.path(), &[]).await;
    let mut connection = rig.connect().await;
    open_draw(&mut connection).await;
    let mut raw = rig.raw(true).await;
    let mut body = tickets((0..6).map(|number| id(200 + number))).as_bytes().to_vec();
    body[56 + 2] = 99; // No kind.
    body[3 * 56 + 4] = 1; // An actor.
    body[5 * 56] = 16; // A length that cannot be.
    raw.frame(2, 0, 6, 1, &body).await;
    // Two commands whole, the third cut short.
    let cut = tickets((0..3).map(|number| id(300 + number)));
    raw.frame(2, 0, 3, 2, &cut.as_bytes()[..160]).await;
    let mut codes = [vec![None; 6], vec![None; 3]];
    while codes.iter().flatten().any(Option::is_none) {
        let frame = raw.next_frame().await.expect("a frame");
        let (first, items) = protocol::pieces::read_piece(&frame.body).expect("a piece");
        for (place, reply) in protocol::pieces::replies(items).enumerate() {
            let code = &mut codes[frame.header.correlation.get() as usize - 1][usize::from(first) + place];
            assert_eq!(code.replace(reply.expect("whole").header.code.get()), None, "answered once");
        }
    }
    let codes = codes.map(|codes| codes.into_iter().flatten().collect::<Vec<_>>());
    assert_eq!(codes, [vec![0, 2, 0, 4, 0, 1], vec![0, 0, 1]]);
    let account = connection.read(&[Query::of(QueryKind::Account, ACCOUNT)]).await.expect("an answer");
    let view: protocol::query::AccountView = account[0].view().expect("an account");
    assert_eq!(view.tickets.get(), 5, "nothing else was carried out");
    rig.stop().await;
}
