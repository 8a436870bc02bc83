//! The client's example against a node.

#[path = "../../client/examples/draw.rs"]
#[allow(dead_code, reason = "its `main` is for the prompt")]
mod draw;
mod rig;

use rig::Rig;

#[tokio::test(flavor = "multi_thread")]
async fn the_example_takes_a_draw_to_its_end() {
    let directory = tempfile::tempdir().expect("a directory");
    let rig = Rig::start(directory.path(), &[]).await;
    draw::run(&rig.options).await.expect("every step of it");
    rig.stop().await;
}
