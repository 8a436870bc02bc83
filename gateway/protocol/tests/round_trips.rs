//! Whatever is written is read back the same, in whatever chunks it arrives; and no bytes at all make a reader panic.

use proptest::prelude::*;
use protocol::error::{ErrorCode, push_error, read_error};
use protocol::frame::{FRAME_BYTES_MAX, FrameHeader, FramingFault, HEADER_BYTES, Kind, push_frame};
use protocol::handshake::{Hello, TOKEN_BYTES_MAX, push_hello};
use protocol::pieces::{answers, read_piece, replies};
use protocol::splitter::Splitter;

/// Cuts `stream` into chunks of the given sizes, over and over.
fn chunks<'a>(mut stream: &'a [u8], sizes: &'a [usize]) -> impl Iterator<Item = &'a [u8]> {
    let mut sizes = sizes.iter().cycle();
    std::iter::from_fn(move || {
        let size = (*sizes.next()?).min(stream.len());
        let (chunk, rest) = stream.split_at(size);
        stream = rest;
        (!chunk.is_empty()).then_some(chunk)
    })
}

fn words() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u64>(), 0..300)
        .prop_map(|words| words.iter().flat_map(|word| word.to_le_bytes()).collect())
}

proptest! {
    #[test]
    fn frames_survive_any_cut(
        bodies in prop::collection::vec((words(), any::<u16>(), any::<u64>()), 0..20),
        sizes in prop::collection::vec(1usize..3000, 1..10),
    ) {
        let mut stream = Vec::new();
        for (body, count, correlation) in &bodies {
            push_frame(&mut stream, Kind::Bets, (*count).into(), *correlation, &[body]);
        }
        let (mut splitter, mut found) = (Splitter::new(), Vec::new());
        for chunk in chunks(&stream, &sizes) {
            splitter.push(chunk);
            while let Some(frame) = splitter.next_frame().expect("well framed") {
                found.push((frame.body.to_vec(), frame.header.count.get(), frame.header.correlation.get()));
            }
        }
        prop_assert_eq!(found, bodies);
        prop_assert_eq!(splitter.finish(), Ok(()));
    }

    #[test]
    fn a_stream_that_ends_inside_a_frame_says_how_much_is_missing(body in words(), cut in 0.0..1.0f64) {
        let mut stream = Vec::new();
        push_frame(&mut stream, Kind::Bets, 1, 1, &[&body]);
        let kept = (stream.len() as f64 * cut) as usize;
        let mut splitter = Splitter::new();
        splitter.push(&stream[..kept]);
        prop_assert_eq!(splitter.next_frame(), Ok(None));
        let missing = if kept < HEADER_BYTES { HEADER_BYTES - kept } else { stream.len() - kept } as u32;
        let told = if kept == 0 { Ok(()) } else { Err(FramingFault::CutShort { missing }) };
        prop_assert_eq!(splitter.finish(), told);
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut splitter = Splitter::new();
        splitter.push(&bytes);
        while let Ok(Some(frame)) = splitter.next_frame() {
            prop_assert!(frame.body.len() <= FRAME_BYTES_MAX);
            let _ = frame.header.check_request();
        }
        let _ = (splitter.finish(), Hello::read(&bytes), read_error(&bytes), read_piece(&bytes));
        prop_assert!(replies(&bytes).count() <= bytes.len());
        prop_assert!(answers(&bytes).count() <= bytes.len());
    }

    #[test]
    fn a_hello_says_what_it_was_told(token in "[ -~]{1,256}", terminal in any::<u32>()) {
        prop_assert!(token.len() <= TOKEN_BYTES_MAX);
        let mut out = Vec::new();
        push_hello(&mut out, terminal, &token);
        let (hello, read) = Hello::read(&out[HEADER_BYTES..]).expect("it was just written");
        prop_assert_eq!((hello.terminal.get(), read), (terminal, token.as_bytes()));
    }

    #[test]
    fn an_error_says_what_it_was_told(place in 0..ErrorCode::ALL.len(), right in any::<u64>(), text in ".{0,80}") {
        let code = ErrorCode::ALL[place];
        let mut out = Vec::new();
        let about = FrameHeader::new(Kind::Bets, 3, 5, 0);
        push_error(&mut out, Some(&about), code, right, &text);
        let (header, read) = read_error(&out[HEADER_BYTES..]).expect("it was just written");
        prop_assert_eq!(
            (header.code.get(), header.fatal == 1, header.right.get(), read),
            (code as u16, code.is_fatal(), right, text.as_str())
        );
    }
}
