use super::*;

fn clean(html: &str) -> String {
    sanitize(html).into_string()
}

fn comment(html: &str) -> String {
    sanitize_comment(html).into_string()
}

#[test]
fn prose_stays_and_scripts_go() {
    assert_eq!(
        clean("<p class=x style='color:red' id=y>Un <b>mot</b><script>alert(1)</script> et <i onclick=x>un</i></p>"),
        "<p>Un <b>mot</b> et <i>un</i></p>"
    );
    assert_eq!(clean("<style>p{}</style><iframe src=x></iframe><form>a<input></form>"), " a ");
    assert_eq!(clean("<svg onload=alert(1)><text>a</text></svg>b"), "b");
    assert_eq!(clean("<svg onload=alert(1)><p>a</p></svg>b"), "<p>a</p>b");
}

#[test]
fn links_lead_where_those_of_a_body_may() {
    assert_eq!(
        clean("<a href='https://example.com/a b' target=_blank rel=opener>a</a>"),
        "<a href=\"https://example.com/a%20b\" rel=\"noopener noreferrer\">a</a>"
    );
    for address in
        ["javascript:alert(1)", "java&#10;script:alert(1)", "data:text/html,x", "&#x6a;avascript:x", "x.html"]
    {
        assert_eq!(clean(&format!("<a href=\"{address}\">a</a>")), "<a rel=\"noopener noreferrer\">a</a>", "{address}");
    }
    assert_eq!(clean("<img src=javascript:x alt=a>"), "<img alt=\"a\">");
    assert_eq!(clean("<img src=/a.jpg alt='\"><script>'>"), "<img alt=\"&quot;&gt;&lt;script&gt;\" src=\"/a.jpg\">");
}

#[test]
fn a_comment_keeps_little_and_its_links_count_for_nobody() {
    assert_eq!(
        comment(
            "<h1>Mwen</h1> <b>dakò</b> <a href=https://spam.example title=x>la</a><img src=https://x.example/1.gif>"
        ),
        " Mwen  <strong>dakò</strong> <a href=\"https://spam.example\" rel=\"nofollow ugc\">la</a>"
    );
    assert_eq!(comment("a < b & c\n<br>d"), "a &lt; b &amp; c\n<br>d");
}

#[test]
fn a_real_attack_from_a_comment_is_no_markup() {
    let attack = "<a href=\"#\" onmouseover=\"eval(atob('YWxlcnQoMSk='))\">clic</a><p style=\"position:fixed\" \
                  onmouseover=\"eval(atob('x'))\">x</p><a href=\"\" onmouseover=eval(atob(1))/x>y</a>";
    assert_eq!(comment(attack), "<a href=\"#\" rel=\"nofollow ugc\">clic</a><p>x</p><a rel=\"nofollow ugc\">y</a>");
}

#[test]
fn tricks_of_parsers_do_not_work() {
    for trick in [
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id=\"</style><img onerror=alert(1) src>\">",
        "<a href=\"https://x\" title=\"\u{0}\" o\u{0}nclick=x>",
        "<img src=x:x onerror\u{c}=\u{c}alert(1)//",
        "<<script>alert(1)//<</script>",
        "<p/onclick=alert(1)>x",
        "<math href=\"javascript:alert(1)\">x</math>",
        "<xmp><img src=x onerror=alert(1)></xmp>",
        "<plaintext><img src=x onerror=alert(1)>",
    ] {
        for html in [clean(trick), comment(trick)] {
            crate::html::law_tests::assert_harmless(&html);
        }
    }
}

#[test]
fn overlapping_formatting_and_broken_nesting_come_out_balanced() {
    assert_eq!(clean("<b>a<i>b</b>c</i>"), "<b>a<i>b</i></b><i>c</i>");
    assert_eq!(clean("<p>a<p>b</div></p>"), "<p>a</p><p>b</p>");
    assert_eq!(clean("<pre>\n\n a</pre>"), "<pre> a</pre>");
}
