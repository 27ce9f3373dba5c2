"""The public interface for programmes: what everybody may read, as JSON.

`answers` says what is told, `questions` what may be asked, `plan_facts` and `draw_facts` gather
it from what the public pages know, `description` writes the OpenAPI description from all of it.
"""
