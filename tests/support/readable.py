"""What is asked of a page in the hand, as scripts that list its faults."""

from settings import ROOT

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
#: Words with less than 7:1 on what they stand on (4.5:1 where they are large): WCAG 2.2, 1.4.6.  Words of nearly the colour of
#: their paper axe calls incomplete.
FAINT = """async () => {
    const found = await axe.run(document, {runOnly: ['color-contrast', 'color-contrast-enhanced']});
    return [...found.violations, ...found.incomplete].flatMap(rule => rule.nodes)
        .filter(node => node.any[0].data?.contrastRatio && node.any[0].data.messageKey !== 'bgOverlap')
        .map(node => `${node.any[0].data.contrastRatio}: ${node.html.slice(0, 120)}`);
}"""
#: What is touched and has less than 44 px either way: WCAG 2.2, 2.5.5, which leaves out links within a sentence.  A box to
#: tick is touched by its label.
SMALL = """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, label')]
    .filter(e => !e.matches('.x-skip') && (e.localName !== 'label' || e.control?.matches('[type=checkbox], [type=radio]')))
    .filter(e => !(e.matches('[type=checkbox], [type=radio]') && e.labels.length))
    .filter(e => getComputedStyle(e).display !== 'inline' || ![...e.parentElement.childNodes]
        .some(node => node.nodeType === Node.TEXT_NODE && node.textContent.trim().length > 1))
    .map(e => [e, e.getBoundingClientRect()])
    .filter(([, box]) => box.width > 2 && box.height > 2 && (box.width < 43.5 || box.height < 43.5))
    .map(([e, box]) => `${Math.round(box.width)} × ${Math.round(box.height)}: ${e.outerHTML.slice(0, 120)}`)"""
WIDE = "() => document.documentElement.scrollWidth > innerWidth ? ['wider than the screen'] : []"
