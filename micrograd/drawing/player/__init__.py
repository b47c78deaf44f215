"""The player: a page, or a widget, that plays forward and backward over a picture.

Read `page` first (what a page consists of), then `javascript` (the op table as JavaScript) and
`widget`; the files in `web/` are what runs in the browser.
"""
